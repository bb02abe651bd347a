'use strict';

// a click on a heading sorts each group of rows by that column, a second one the other way
for (const table of document.querySelectorAll('table.sortable')) {
  const headings = Array.from(table.tHead.rows[0].cells);
  headings.forEach((heading, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const descending = heading.getAttribute('aria-sort') === 'ascending';
      headings.forEach((other) => other.removeAttribute('aria-sort'));
      heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      for (const body of table.tBodies) {
        const rows = Array.from(body.rows).filter((row) => !row.classList.contains('group'));
        rows.sort((one, other) => compare(one.cells[column], other.cells[column], descending));
        body.append(...rows);
      }
    });
  });
}

// what is not a number comes after the numbers, whichever way they are sorted
function compare(one, other, descending) {
  const sign = descending ? -1 : 1;
  const a = one.dataset.value;
  const b = other.dataset.value;
  if (a !== undefined && b !== undefined) {
    return sign * (Number(a) - Number(b));
  }
  if (a !== undefined || b !== undefined) {
    return a !== undefined ? -1 : 1;
  }
  return sign * one.textContent.localeCompare(other.textContent, 'en', { numeric: true });
}

// paper cannot be unfolded
let opened = [];
addEventListener('beforeprint', () => {
  opened = Array.from(document.querySelectorAll('details:not([open])'));
  opened.forEach((details) => { details.open = true; });
});
addEventListener('afterprint', () => {
  opened.forEach((details) => { details.open = false; });
});
