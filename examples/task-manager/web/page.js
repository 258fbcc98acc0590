// What every part of the page needs: elements, forms, and words for what went well or wrong.

/** @returns {any} */
export const $ = (/** @type {string} */ id) => document.getElementById(id);

/** Calls back with a form's fields, and with whether it worked. */
export function submitted(id, callback) {
  $(id).addEventListener('submit', (event) => {
    event.preventDefault();
    const button = event.submitter ?? $(id).querySelector('button');
    void attempt(button, () => callback(Object.fromEntries(new FormData($(id)))));
  });
}

/** Calls back when a button is pressed. */
export function pressed(id, callback) {
  $(id).addEventListener('click', () => void attempt($(id), callback));
}

/** Does something with a control switched off meanwhile; says whether it worked, and shows why not. */
export async function attempt(control, action) {
  $('alert').textContent = '';
  control.disabled = true;
  try {
    await action();
    return true;
  } catch (error) {
    fail(error);
    if (error.status === 401) document.dispatchEvent(new Event('signed-out'));
    return false;
  } finally {
    control.disabled = false;
  }
}

export function say(message) {
  $('status').textContent = message;
}

export function fail(error) {
  console.error(error);
  $('alert').textContent = error instanceof Error ? error.message : String(error);
}

export function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}
