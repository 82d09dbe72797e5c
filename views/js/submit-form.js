/* Sends the one form of a page that nobody has to read. Without this file the person presses its button. */
document.querySelector('form[data-submit]')?.submit();
