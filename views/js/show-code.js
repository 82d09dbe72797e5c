/*
 * Counts down the seconds of a code on the screen and fetches the next one, for five minutes at most: who is still there
 * then asks for another. Without this file the page says until when the code is good and offers a new one.
 */
const showing = document.querySelector('[data-showing]');
const counter = `showing:${location.pathname}`;
const mostRenewals = 5;

const setHidden = (selector, isHidden) => {
  for (const element of showing.querySelectorAll(selector)) element.hidden = isHidden;
};

/** Draws what is left; the clock of the page counts, because that of the phone may be wrong. */
function tick(startedAt) {
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
  const isTyping = document.activeElement?.id === 'code' && document.activeElement.value !== '';
  if (renewals < mostRenewals && document.visibilityState === 'visible' && !isTyping) {
    sessionStorage.setItem(counter, String(renewals + 1));
    location.replace(location.pathname);
    return;
  }
  sessionStorage.removeItem(counter);
  setHidden('[data-live], [data-counting]', true);
  setHidden('[data-over]', false);
}

if (showing) {
  // Asked for by hand, the five minutes begin again.
  document.querySelector('#renew').addEventListener('click', () => sessionStorage.removeItem(counter));
  setHidden('p[data-live]', true);
  setHidden('[data-counting]', false);
  tick(0);
}
