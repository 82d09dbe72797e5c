/*
 * Passkeys in the browser: shows the forms that need them, asks the browser for the person's answer, and posts it as an
 * ordinary form field. The page works without this file; then these forms stay hidden.
 */
const webauthn = globalThis.SimpleWebAuthnBrowser;

/** Sends the form with the browser's answer in its hidden field. */
function answer(form, response) {
  form.elements.namedItem('response').value = JSON.stringify(response);
  form.submit();
}

/** Runs the ceremony of a form; a refusal (cancelled, timed out) is shown beside the button. */
async function run(form, ceremony) {
  const failed = form.querySelector('#passkey-failed');
  const button = form.querySelector('button[type="submit"]');
  failed.hidden = true;
  button.setAttribute('aria-busy', 'true');
  try {
    answer(form, await ceremony());
  } catch {
    failed.hidden = false;
  } finally {
    button.removeAttribute('aria-busy');
  }
}

/** Offers passkeys in the identifier's own suggestions; silent when the person takes another way. */
async function offerAutofill(form, optionsJSON) {
  if (!document.querySelector('input[autocomplete~="webauthn"]')) return;
  if (!(await webauthn.browserSupportsWebAuthnAutofill())) return;
  try {
    answer(form, await webauthn.startAuthentication({ optionsJSON, useBrowserAutofill: true }));
  } catch {
    // The button, the password and the code are still there.
  }
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!webauthn?.browserSupportsWebAuthn()) continue;
  const optionsJSON = JSON.parse(form.dataset.options);
  const isLogin = form.dataset.passkey === 'login';
  form.hidden = false;
  for (const note of document.querySelectorAll('[data-noscript]')) note.hidden = true;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(form, () =>
      isLogin ? webauthn.startAuthentication({ optionsJSON }) : webauthn.startRegistration({ optionsJSON }),
    );
  });
  if (isLogin) void offerAutofill(form, optionsJSON);
}
