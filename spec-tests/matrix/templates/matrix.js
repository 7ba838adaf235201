'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const departures = new Set(['fail', 'hang', 'crash', 'protocol']);
  const $ = (id) => document.getElementById(id);
  const rows = [...document.querySelectorAll('#matrix .clause')];
  const columns = [...document.querySelectorAll('input.column')];
  const only = $('only'), section = $('section'), basis = $('basis'), search = $('search');

  // Whatever comes from a run is set as text and never as markup.
  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    for (const child of children) if (child !== null && child !== undefined) element.append(child);
    return element;
  };
  const code = (text) => make('code', '', text);
  const verdictOf = (item, at) => (item.v[at] < 0 ? null : data.verdicts[item.v[at]]);
  const classOf = (verdict) => (departures.has(verdict) ? 'departs' : verdict);
  const shownColumns = () => columns.map((box) => box.checked);
  const casesOf = (row) => (data.clauses[row.dataset.clause] || [])
    .map((place) => data.cases[place])
    .filter((item) => !basis.value || item.basis === basis.value);

  function filter() {
    const shown = shownColumns();
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const cases = basis.value || only.checked ? casesOf(row) : null;
      let visible = !section.value || row.parentElement.dataset.section === section.value;
      if (visible && words.length) {
        const text = row.firstElementChild.textContent.toLowerCase();
        visible = words.every((word) => text.includes(word));
      }
      if (visible && basis.value) visible = cases.length > 0;
      if (visible && only.checked) {
        visible = cases.some((item) => item.v.some((_, at) => shown[at] && departures.has(verdictOf(item, at))));
      }
      row.hidden = !visible;
      if (!visible) close(row);
      if (visible) count += 1;
    }
    for (const body of document.querySelectorAll('#matrix tbody')) {
      body.hidden = [...body.querySelectorAll('.clause')].every((row) => row.hidden);
    }
    $('shown').textContent = count + ' of ' + rows.length + ' clauses';
    remember();
  }

  function showColumns() {
    const shown = shownColumns();
    let style = $('columns');
    if (!style) { style = make('style'); style.id = 'columns'; document.head.append(style); }
    const off = shown.map((on, at) => (on ? '' : '#matrix thead th:nth-child(' + (at + 2) + '), #matrix .clause td:nth-child(' + (at + 2) + ')')).filter(Boolean);
    style.textContent = off.length ? off.join(',') + ' { display: none; }' : '';
    for (const row of rows) if (isOpen(row)) { close(row); open(row); }
    filter();
  }

  // The choice stands in the address, so that it can be handed on.
  function remember() {
    const query = new URLSearchParams();
    if (only.checked) query.set('only', '1');
    if (section.value) query.set('section', section.value);
    if (basis.value) query.set('basis', basis.value);
    if (search.value.trim()) query.set('search', search.value.trim());
    const hidden = columns.filter((box) => !box.checked).map((box) => data.subjects[box.dataset.at]);
    if (hidden.length) query.set('without', hidden.join(','));
    const text = query.toString();
    try { history.replaceState(null, '', (text ? '?' + text : location.pathname) + location.hash); } catch { /* a page without an address */ }
  }

  function recall() {
    const query = new URLSearchParams(location.search);
    only.checked = query.has('only');
    section.value = query.get('section') || '';
    basis.value = query.get('basis') || '';
    search.value = query.get('search') || '';
    const hidden = new Set((query.get('without') || '').split(','));
    for (const box of columns) box.checked = !hidden.has(data.subjects[box.dataset.at]);
    showColumns();
  }

  const buttonOf = (row) => row.querySelector('button');
  const isOpen = (row) => buttonOf(row).getAttribute('aria-expanded') === 'true';

  function close(row) {
    if (!isOpen(row)) return;
    buttonOf(row).setAttribute('aria-expanded', 'false');
    row.nextElementSibling.remove();
  }

  function open(row) {
    if (isOpen(row)) return;
    buttonOf(row).setAttribute('aria-expanded', 'true');
    const cell = make('td', '', list(row));
    cell.colSpan = data.subjects.length + 1;
    row.after(make('tr', 'detail', cell));
  }

  function list(row) {
    const cases = casesOf(row);
    const box = make('div', 'cases');
    box.append(make('p', '', cases.length ? cases.length + (cases.length === 1 ? ' case' : ' cases') : 'No case checks this clause.'));
    const shown = shownColumns();
    const weight = (item) => item.v.reduce((sum, _, at) => sum + (shown[at] && departures.has(verdictOf(item, at)) ? 1 : 0), 0);
    for (const item of [...cases].sort((a, b) => weight(b) - weight(a))) box.append(caseOf(item, shown));
    return box;
  }

  function caseOf(item, shown) {
    const link = make('a', 'anchor', '#');
    link.href = '#case-' + item.id;
    link.setAttribute('aria-label', 'link to ' + item.id);
    const summary = make('summary', '', code(item.id), ' ', link, ' ');
    const counts = new Map();
    item.v.forEach((_, at) => {
      const verdict = verdictOf(item, at);
      if (shown[at] && verdict) counts.set(verdict, (counts.get(verdict) || 0) + 1);
    });
    for (const [verdict, count] of counts) summary.append(make('span', 'tag ' + classOf(verdict), verdict + ' ' + count), ' ');
    const details = make('details', '', summary);
    details.dataset.case = item.id;
    details.addEventListener('toggle', () => {
      if (details.open && details.childElementCount === 1) details.append(body(item, shown));
    });
    return details;
  }

  function body(item, shown) {
    const box = make('div', 'body');
    box.append(make('p', 'faint', item.basis + ', ' + item.file + ':' + item.line + ', checks ' + item.clauses.join(', ')));
    if (item.note) box.append(make('p', '', item.note));
    const steps = make('ol');
    for (const [step, expected] of item.steps) steps.append(make('li', '', code(step), make('span', 'faint', ' expected ' + expected)));
    box.append(steps);
    const groups = new Map();
    item.v.forEach((_, at) => {
      const verdict = verdictOf(item, at);
      if (!shown[at] || !verdict) return;
      const key = JSON.stringify([verdict, item.d[at] || null]);
      if (!groups.has(key)) groups.set(key, { verdict, detail: item.d[at], names: [] });
      groups.get(key).names.push(data.subjects[at]);
    });
    const table = make('dl');
    const rank = (group) => (departures.has(group.verdict) ? 0 : group.verdict === 'pass' ? 2 : 1);
    for (const group of [...groups.values()].sort((a, b) => rank(a) - rank(b))) {
      table.append(make('dt', '', make('span', 'tag ' + classOf(group.verdict), group.verdict)), make('dd', '', answer(group, item)));
    }
    box.append(table);
    if (item.script) box.append(script(item));
    return box;
  }

  function answer(group, item) {
    const box = make('div', '', make('strong', '', group.names.join(', ')));
    const detail = group.detail;
    if (!detail) return box;
    if (detail.step !== undefined && item.steps[detail.step]) {
      box.append(make('div', '', 'step ' + (detail.step + 1) + ': ', code(detail.call || item.steps[detail.step][0])));
      if (detail.got !== undefined) box.append(make('div', '', 'got ', code(detail.got)));
    }
    if (detail.difference) box.append(make('div', 'faint', detail.difference));
    if (detail.why) box.append(make('div', '', data.reasons[detail.why] ? detail.why + ': ' + data.reasons[detail.why] : detail.why));
    if (detail.expected) box.append(make('div', '', 'known: ' + detail.expected));
    for (const note of detail.notes || []) box.append(make('div', 'faint', note));
    if (detail.stderr) box.append(make('pre', '', detail.stderr));
    return box;
  }

  function script(item) {
    const button = make('button', 'copy', 'copy the script');
    button.type = 'button';
    const text = make('pre', '', item.script);
    text.tabIndex = 0;
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(item.script);
        button.textContent = 'copied';
      } catch {
        getSelection().selectAllChildren(text);
        button.textContent = 'selected: copy it with the keyboard';
      }
    });
    return make('details', '', make('summary', '', 'a script that shows it alone'), button, text);
  }

  function go() {
    const hash = decodeURIComponent(location.hash.slice(1));
    document.querySelectorAll('.target').forEach((row) => row.classList.remove('target'));
    let row = null, wanted = null;
    if (hash.startsWith('clause-')) row = $(hash);
    if (hash.startsWith('case-')) {
      wanted = hash.slice(5);
      const item = data.cases.find((known) => known.id === wanted);
      row = item && $('clause-' + item.clauses.find((id) => data.clauses[id]));
    }
    if (!row) return;
    if (row.hidden) { only.checked = false; section.value = ''; basis.value = ''; search.value = ''; filter(); }
    row.classList.add('target');
    open(row);
    let at = row;
    if (wanted) {
      at = [...row.nextElementSibling.querySelectorAll('details')].find((item) => item.dataset.case === wanted) || row;
      if (at !== row) at.open = true;
    }
    at.scrollIntoView({ block: 'center' });
    (at === row ? buttonOf(row) : at.firstElementChild).focus({ preventScroll: true });
  }

  function move(by) {
    const visible = rows.filter((row) => !row.hidden);
    if (!visible.length) return;
    const current = visible.indexOf(document.activeElement.closest('.clause'));
    const next = visible[current < 0 ? 0 : Math.min(Math.max(current + by, 0), visible.length - 1)];
    buttonOf(next).focus();
    next.scrollIntoView({ block: 'nearest' });
  }

  $('matrix').addEventListener('click', (event) => {
    const row = event.target.closest('.clause');
    if (!row || event.target.closest('a')) return;
    if (isOpen(row)) close(row); else open(row);
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const typing = event.target.matches('input[type="search"], select');
    if (event.key === 'Escape') {
      if (typing) { search.value = ''; filter(); event.target.blur(); } else {
        const detail = document.activeElement.closest('.detail');
        const row = detail ? detail.previousElementSibling : document.activeElement.closest('.clause');
        if (row) { close(row); buttonOf(row).focus(); }
      }
      return;
    }
    if (typing) return;
    if (event.key === '/') { search.focus(); event.preventDefault(); }
    if (event.key === 'j') move(1);
    if (event.key === 'k') move(-1);
    if (event.key === 'd') { only.checked = !only.checked; filter(); }
  });
  $('filters').addEventListener('submit', (event) => event.preventDefault());
  for (const control of [only, section, search]) control.addEventListener('input', filter);
  basis.addEventListener('input', showColumns);
  for (const box of columns) box.addEventListener('change', showColumns);
  addEventListener('hashchange', go);
  recall();
  go();
})();
