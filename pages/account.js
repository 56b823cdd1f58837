// The pages that emails link to: a user chooses a password with the token of the link. They only call the API of this server.

const SHORTEST = 12;
const LONGEST = 128;

const byId = (id) => document.getElementById(id);
const [heading, introduction, problem, form, status] = ['heading', 'introduction', 'problem', 'form', 'status'].map(
  byId,
);
const [password, passwordProblem, show, submit] = ['password', 'password-problem', 'show', 'submit'].map(byId);
const submitText = submit.textContent;

let token = null;
let isBusy = false;

/** Removes the token from the address, so that it stays neither in the history nor in an address bar that others may see. */
function takeToken() {
  const given =
    new URLSearchParams(location.hash.slice(1)).get('token') ?? new URLSearchParams(location.search).get('token');
  if (given !== null) history.replaceState(null, '', location.pathname);
  return given;
}

function begin() {
  token = takeToken();
  form.hidden = !token;
  tell(token ? '' : 'This address is incomplete. Open the link in the email again, or copy the whole link.');
}

function tell(text) {
  problem.textContent = text;
}

function tellOfPassword(text) {
  passwordProblem.textContent = text;
  if (text) password.setAttribute('aria-invalid', 'true');
  else password.removeAttribute('aria-invalid');
}

function setBusy(busy) {
  isBusy = busy;
  submit.setAttribute('aria-disabled', String(busy));
  submit.textContent = busy ? 'One moment …' : submitText;
}

/** The problem with the password as far as this page can check; the server checks the rest. */
function flawOf(text) {
  const { length } = [...text.normalize('NFC')];
  if (length === 0) return 'Enter a password.';
  if (length < SHORTEST) return `Use at least ${SHORTEST} characters.`;
  return length > LONGEST ? `Use at most ${LONGEST} characters.` : '';
}

function refuse(text) {
  tellOfPassword(text);
  password.focus();
}

/** The link cannot be used: the user has to request another one. */
function giveUp(text) {
  form.hidden = true;
  introduction.hidden = true;
  tell(text);
  problem.focus();
}

function succeed(user) {
  form.hidden = true;
  introduction.hidden = true;
  heading.textContent = user ? 'Welcome' : 'Your password has been changed';
  status.textContent = user
    ? `Your account is ready. Sign in as ${user.email} with your new password.`
    : 'Sign in with your new password.';
  document.title = heading.textContent;
  heading.focus();
}

function waitText(answer) {
  const seconds = Number(answer.headers.get('Retry-After'));
  if (!(seconds > 0)) return 'Try again in a moment.';
  return seconds < 90 ? `Try again in ${seconds} seconds.` : `Try again in ${Math.ceil(seconds / 60)} minutes.`;
}

async function explain(answer) {
  const { code = '', detail = '', errors = [] } = await answer.json().catch(() => ({}));
  const ofPassword = errors.find(({ pointer }) => pointer === '/password');
  if (ofPassword) return refuse(ofPassword.detail);
  if (code.endsWith('.invalid') && answer.status === 422) {
    return giveUp(
      'This link no longer works: it was used, replaced by a newer one, or has expired. Request a new one.',
    );
  }
  if (answer.status === 400)
    return giveUp('This link is damaged. Open the link in the email again, or copy the whole link.');
  if (answer.status === 403) return giveUp(detail);
  if (answer.status === 429 || answer.status === 503) return tell(`The server is busy. ${waitText(answer)}`);
  tell('Something went wrong on the server. Try again later.');
}

async function send() {
  const answer = await fetch(document.body.dataset.action, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, password: password.value }),
    credentials: 'omit',
    cache: 'no-store',
  });
  if (!answer.ok) return explain(answer);
  token = null;
  succeed(answer.status === 204 ? null : await answer.json());
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (isBusy) return;
  tell('');
  tellOfPassword('');
  const flaw = flawOf(password.value);
  if (flaw) return refuse(flaw);
  setBusy(true);
  try {
    await send();
  } catch {
    tell('The server cannot be reached. Check your connection and try again.');
  } finally {
    setBusy(false);
  }
});

show.addEventListener('change', () => {
  password.type = show.checked ? 'text' : 'password';
});

// Another link opened in the same tab differs in its fragment alone, which loads nothing.
addEventListener('hashchange', () => location.reload());

begin();
