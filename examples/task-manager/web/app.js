// The page: news for everyone, tasks for who is signed in. No framework, no build.
import { Api } from './api.js';
import { Session } from './session.js';

const $ = (id) => document.getElementById(id);
const paths = { announcements: '/v1/announcements', tasks: '/v1/tasks' };
/** @type {Api} */
let api;
/** @type {Session | undefined} */
let session;
let nextPage;

start().catch(fail);

async function start() {
  const config = await readConfig();
  const auth = config.auth ?? { userPoolId: config.userPoolId, clientId: config.userPoolClientId };
  if (auth.userPoolId && auth.clientId) session = new Session({ ...config, ...auth });
  api = new Api(config.apiUrl, async () => session?.token());
  $('where').textContent = [config.environment, config.region].filter(Boolean).join(' · ');
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
  submitted('sign-in-form', async (fields, button) => {
    if (button === 'sign-up') {
      await session.signUp(fields.email, fields.password);
      askForCode(fields.email);
    } else await signIn(fields.email, fields.password);
  });
  submitted('confirm-form', async ({ code }) => {
    const { email, password } = formFields('sign-in-form');
    await session.confirm(email, code.trim());
    await signIn(email, password);
  });
  submitted('task-form', async ({ title, priority, due_on }) => {
    const task = await api.create(paths.tasks, { title, priority, ...(due_on && { due_on }) });
    $('task-form').reset();
    $('no-tasks').hidden = true;
    $('task-list').prepend(taskItem(task));
    say(`Added “${task.title}”.`);
  });
  $('confirm-back').addEventListener('click', () => askForCode(undefined));
  $('more').addEventListener('click', () => attempt($('more'), showTasks));
  $('sign-out').addEventListener('click', () => {
    session.signOut();
    showAccount().catch(fail);
    say('Signed out.');
  });
}

async function signIn(email, password) {
  try {
    await session.signIn(email, password);
  } catch (error) {
    if (error.code !== 'UserNotConfirmedException') throw error;
    askForCode(email);
    return;
  }
  $('sign-in-form').reset();
  askForCode(undefined);
  await showAccount();
  say(`Signed in as ${email}.`);
  $('main').focus();
}

/** Shows the form for the code that was sent by mail, or the sign-in form again. */
function askForCode(email) {
  $('sign-in-form').hidden = email !== undefined;
  $('confirm-form').hidden = email === undefined;
  $('confirm-email').textContent = email ?? '';
  if (email !== undefined) $('confirm-form').elements.code.focus();
}

async function showAccount() {
  const signedIn = (await session?.token()) !== undefined;
  $('account').hidden = !signedIn;
  $('sign-in').hidden = signedIn || session === undefined;
  $('tasks').hidden = !signedIn && session !== undefined;
  $('email').textContent = session?.email ?? '';
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

/** Calls back with a form's fields and the value of the button that sent it. */
function submitted(id, callback) {
  $(id).addEventListener('submit', (event) => {
    event.preventDefault();
    const button = event.submitter ?? $(id).querySelector('button');
    void attempt(button, () => callback(formFields(id), button.value));
  });
}

function formFields(id) {
  return Object.fromEntries(new FormData($(id)));
}

/** Does something with a control switched off meanwhile; says whether it worked, and shows why not. */
async function attempt(control, action) {
  $('alert').textContent = '';
  control.disabled = true;
  try {
    await action();
    return true;
  } catch (error) {
    fail(error);
    if (error.status === 401) await showAccount().catch(fail);
    return false;
  } finally {
    control.disabled = false;
  }
}

function say(message) {
  $('status').textContent = message;
}

function fail(error) {
  console.error(error);
  $('alert').textContent = error instanceof Error ? error.message : String(error);
}

function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}
