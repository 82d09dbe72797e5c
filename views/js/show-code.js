/*
 * Counts down the seconds of a code on the screen and fetches the next one, for five minutes at most: who is still there
 * then asks for another. Once the counter has scanned it, who asked and why takes the place of the code. Without this file the
 * page says until when the code is good and offers a new one, and opened again it tells of the scan.
 */
const showing = document.querySelector('[data-showing]');
const counter = `showing:${location.pathname}`;
const mostRenewals = 5;
const askEveryMs = 3_000;
/** No code is shown any more. */
let isOver = false;
let lastState;

/** Nobody loses what they are typing. */
const isTyping = () => document.activeElement?.id === 'code' && document.activeElement.value !== '';

const setHidden = (selector, isHidden) => {
  for (const element of showing.querySelectorAll(selector)) element.hidden = isHidden;
};

/** Draws what is left; the clock of the page counts, because that of the phone may be wrong. */
function tick(startedAt) {
  // What was scanned counts no more.
  if (!showing.isConnected) return;
  const life = Number(showing.dataset.seconds);
  const left = Math.max(0, Math.ceil(life - (performance.now() - startedAt) / 1000));
  showing.querySelector('[data-left]').textContent = String(left);
  showing.querySelector('progress').value = left;
  if (left > 0) setTimeout(tick, 500, startedAt);
  else renew();
}

/** The next code, while somebody looks and for some minutes. */
function renew() {
  const renewals = Number(sessionStorage.getItem(counter) ?? 0);
  if (renewals < mostRenewals && document.visibilityState === 'visible' && !isTyping()) {
    sessionStorage.setItem(counter, String(renewals + 1));
    location.replace(location.href);
    return;
  }
  sessionStorage.removeItem(counter);
  isOver = true;
  setHidden('[data-live], [data-counting]', true);
  setHidden('[data-over]', false);
}

/** Asks whether the code was scanned, and puts the answer in its place. */
async function ask() {
  if (isOver) return;
  if (document.visibilityState === 'visible' && !isTyping()) {
    const response = await fetch(showing.dataset.ask, { headers: { Accept: 'text/html' } }).catch(
      () => undefined,
    );
    // A login that has ended leads elsewhere: the page then says so by itself.
    if (response?.redirected) return location.reload();
    const page = response?.ok ? await response.text() : '';
    const shown = new DOMParser().parseFromString(page, 'text/html').querySelector('#shown');
    const { state } = shown?.dataset ?? {};
    // The log may learn of a use a moment after the code was spent: that is asked about twice.
    const isDone = state === 'used' || (state === 'spent' && lastState === 'spent');
    lastState = state;
    if (isDone && !isTyping()) {
      sessionStorage.removeItem(counter);
      showing.closest('.panel').remove();
      // A live region: who cannot see the screen hears of it.
      document.querySelector('[data-scanned]').append(document.importNode(shown, true));
      return;
    }
  }
  setTimeout(ask, askEveryMs);
}

if (showing) {
  // Asked for by hand, the five minutes begin again.
  document.querySelector('#renew').addEventListener('click', () => sessionStorage.removeItem(counter));
  setHidden('p[data-live]', true);
  setHidden('[data-counting]', false);
  tick(0);
  setTimeout(ask, askEveryMs);
}
