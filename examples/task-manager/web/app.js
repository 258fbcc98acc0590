// The page: news for everyone, tasks for who is signed in. No framework, no build.
import { Account } from './account.js';
import { Api } from './api.js';
import { $, attempt, element, fail, pressed, say, submitted } from './page.js';
import { localAws, Session } from './session.js';

const paths = { announcements: '/v1/announcements', tasks: '/v1/tasks' };
/** @type {Api} */
let api;
/** @type {Session | undefined} */
let session;
/** @type {Account | undefined} */
let account;
let nextPage;

start().catch(fail);

async function start() {
  const config = await readConfig();
  const { userPoolId, clientId } = config.auth ?? {};
  if (userPoolId && clientId) {
    session = new Session({ apiUrl: config.apiUrl, userPoolId, clientId });
    account = new Account(session, showAccount);
    account.listen();
  }
  api = new Api(config.apiUrl, async () => session?.token());
  $('where').textContent = [config.environment, config.region].filter(Boolean).join(' · ');
  const local = localAws(config.apiUrl);
  if (local) {
    $('mailbox').textContent = `${local}_local/mail`;
    $('local-mail').hidden = false;
  }
  listen();
  await Promise.all([showHealth(), showAnnouncements().catch(fail), showAccount()]);
}

async function readConfig() {
  const response = await fetch('backdrift.json', { cache: 'no-store' }).catch(() => undefined);
  const config = response?.ok ? await response.json().catch(() => undefined) : undefined;
  if (typeof config?.apiUrl === 'string') return config;
  throw new Error('This page does not know its backend: backdrift.json is missing. Deploy the project with Backdrift.');
}

function listen() {
  submitted('task-form', async ({ title, priority, due_on }) => {
    const task = await api.create(paths.tasks, { title, priority, ...(due_on && { due_on }) });
    $('task-form').reset();
    $('no-tasks').hidden = true;
    $('task-list').prepend(taskItem(task));
    say(`Added “${task.title}”.`);
  });
  pressed('more', showTasks);
  document.addEventListener('signed-out', () => void showAccount().catch(fail));
}

async function showAccount() {
  const signedIn = (await session?.token()) !== undefined;
  await account?.render(signedIn);
  $('tasks').hidden = !signedIn && session !== undefined;
  $('task-list').replaceChildren();
  nextPage = undefined;
  if (!$('tasks').hidden) await showTasks();
}

async function showHealth() {
  const up = await api.isUp();
  $('health').textContent = up ? 'The API answers.' : 'The API does not answer.';
}

async function showAnnouncements() {
  const { items } = await api.list(paths.announcements);
  $('announcements').hidden = items.length === 0;
  $('announcement-list').replaceChildren(
    ...items.map(({ title, body, level }) => {
      const item = element('li', { className: level === 'warning' ? 'warning' : '' }, element('strong', {}, title));
      if (body) item.append(element('p', {}, body));
      return item;
    }),
  );
}

async function showTasks() {
  const { items, next_cursor } = await api.list(paths.tasks, nextPage);
  nextPage = next_cursor ?? undefined;
  $('task-list').append(...items.map(taskItem));
  $('no-tasks').hidden = $('task-list').childElementCount > 0;
  $('more').hidden = nextPage === undefined;
}

function taskItem(task) {
  const path = `${paths.tasks}/${encodeURIComponent(task.id)}`;
  const box = element('input', { type: 'checkbox', checked: task.status === 'done' });
  const label = element('label', {}, box, element('span', { className: 'title' }, task.title));
  const remove = element('button', { type: 'button', className: 'quiet', ariaLabel: `Delete ${task.title}` }, 'Delete');
  const item = element('li', { className: task.status === 'done' ? 'done' : '' }, label);
  if (task.due_on) item.append(element('time', { dateTime: task.due_on, className: 'badge' }, task.due_on));
  if (task.priority) item.append(element('span', { className: `badge ${task.priority}` }, task.priority));
  item.append(remove);
  box.addEventListener('change', async () => {
    const done = box.checked;
    const changed = await attempt(box, () => api.update(path, { status: done ? 'done' : 'open' }));
    if (!changed) box.checked = !done;
    item.classList.toggle('done', box.checked);
  });
  remove.addEventListener('click', async () => {
    if (!(await attempt(remove, () => api.remove(path)))) return;
    item.remove();
    $('no-tasks').hidden = $('task-list').childElementCount > 0;
    say(`Deleted “${task.title}”.`);
    $('tasks-title').scrollIntoView({ block: 'nearest' });
  });
  return item;
}
