// Adds a button to every value that is to be copied. Value and text stay readable without it.
for (const value of document.querySelectorAll('.copy')) {
  if (!navigator.clipboard) break;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy-button';
  const say = (word) => {
    button.textContent = word;
    button.setAttribute('aria-label', word + ' ' + (value.tagName === 'PRE' ? 'the text' : value.textContent));
  };
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(value.textContent);
    say('Copied');
  });
  say('Copy');
  if (value.tagName === 'PRE') {
    value.after(button);
  } else {
    // Value and button stay together when the line is too short for both.
    const pair = document.createElement('span');
    pair.className = 'value';
    value.replaceWith(pair);
    pair.append(value, button);
  }
}
