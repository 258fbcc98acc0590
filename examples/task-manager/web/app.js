// Backdrift publishes backdrift.json beside these files: it says where the API is.
const { apiUrl } = await (await fetch('backdrift.json')).json();

const health = document.querySelector('#health');
const answer = await fetch(`${apiUrl}/health`).catch(() => undefined);
health.textContent = answer?.ok ? 'The API answers.' : 'The API does not answer.';

// Announcements are public: no one has to sign in to read them.
const list = await fetch(`${apiUrl}/v1/announcements`).catch(() => undefined);
const { items = [] } = list?.ok ? await list.json() : {};
document.querySelector('#empty').hidden = items.length > 0;
document.querySelector('#news').append(
  ...items.map(({ title, body, level }) => {
    const item = document.createElement('li');
    item.className = level === 'warning' ? 'warning' : 'info';
    const heading = document.createElement('strong');
    heading.textContent = title;
    item.append(heading, document.createElement('br'), body ?? '');
    return item;
  }),
);
