/* Redraws the picture of a seal while its form is filled in. Without this file the button "Preview" does it. */
const form = document.querySelector('form[data-preview]');
const picture = document.querySelector('#seal-picture');
const names = ['ownerCode', 'nameZh', 'codeNumber', 'diameterMm'];
let timer;

function redraw() {
  const values = names.map((name) => [name, form.elements.namedItem(name).value]);
  picture.src = `${form.dataset.preview}?${new URLSearchParams(values)}`;
}

form?.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(redraw, 300);
});
