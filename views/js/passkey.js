/*
 * Passkeys in the browser: shows the forms that need them, asks the browser for the person's answer, and posts it as an
 * ordinary form field. The page works without this file; then these forms stay hidden.
 */
const webauthn = globalThis.SimpleWebAuthnBrowser;

/** Fetches fresh options for a form: a challenge lives for minutes, a page may stay open for longer. */
async function fetchOptions(form) {
  const { options, draft, as } = form.dataset;
  const response = await fetch(options, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ ...(draft && { draft }), ...(as && { as }) }),
  });
  if (!response.ok) throw new Error(`options: ${response.status}`);
  return response.json();
}

/** Asks the browser and sends the form with its answer. */
async function run(form, useBrowserAutofill = false) {
  const { challenge, options: optionsJSON } = await fetchOptions(form);
  const answer =
    form.dataset.passkey === 'login'
      ? await webauthn.startAuthentication({ optionsJSON, useBrowserAutofill })
      : await webauthn.startRegistration({ optionsJSON });
  form.elements.namedItem('challenge').value = challenge;
  form.elements.namedItem('response').value = JSON.stringify(answer);
  // A button with the id `submit` hides the method of this name from the form.
  HTMLFormElement.prototype.submit.call(form);
}

/** The person pressed the button; a refusal (cancelled, timed out) is said beside it. */
async function press(form) {
  const failed = form.querySelector('[data-failed]');
  const button = form.querySelector('button[type="submit"]');
  failed.hidden = true;
  button.setAttribute('aria-busy', 'true');
  try {
    await run(form);
  } catch {
    failed.hidden = false;
  } finally {
    button.removeAttribute('aria-busy');
  }
}

/** Offers passkeys among the suggestions of the identifier field; silent when the person takes another way. */
async function offerAutofill(form) {
  if (!document.querySelector('input[autocomplete~="webauthn"]')) return;
  if (!(await webauthn.browserSupportsWebAuthnAutofill())) return;
  try {
    await run(form, true);
  } catch {
    // The button, the password and the code are still there.
  }
}

if (webauthn?.browserSupportsWebAuthn()) {
  for (const note of document.querySelectorAll('[data-noscript]')) note.hidden = true;
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void press(form);
    });
    if (form.dataset.passkey === 'login') void offerAutofill(form);
  }
}
