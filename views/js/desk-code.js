/*
 * Keeps the digits of the counter fresh and opens the result once the holder has confirmed, without touching what is being
 * typed. Without this file the page draws itself again every now and then, and a link does so at once.
 */
const everyMs = 2_000;
const desk = () => document.querySelector('#desk');

async function look() {
  // Hidden tabs wait: the digits of a counter that nobody looks at need not change.
  if (document.visibilityState === 'visible') {
    const response = await fetch(location.pathname, { headers: { Accept: 'text/html' } }).catch(
      () => undefined,
    );
    // A login that has ended leads elsewhere: the page then says so by itself.
    if (response?.redirected) return location.reload();
    if (response?.ok) {
      const drawn = new DOMParser()
        .parseFromString(await response.text(), 'text/html')
        .querySelector('#desk');
      if (drawn) desk().replaceWith(document.importNode(drawn, true));
    }
  }
  const take = document.querySelector('#take');
  if (take) return take.form.requestSubmit();
  if (desk()?.dataset.state === 'waiting') setTimeout(look, everyMs);
}

// The page of a form that was refused has an address of its own, which cannot be asked for again.
if (desk()?.dataset.state === 'waiting' && !location.pathname.endsWith('/check')) setTimeout(look, everyMs);
