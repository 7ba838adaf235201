'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const departures = new Set(['fail', 'hang', 'crash', 'protocol']);
  const $ = (id) => document.getElementById(id);
  const bodies = [...document.querySelectorAll('#matrix tbody')];
  const rows = [...document.querySelectorAll('#matrix .clause')];
  const columns = [...document.querySelectorAll('input.column')];
  const only = $('only'), subject = $('subject'), section = $('section'), basis = $('basis'), search = $('search');

  // Whatever comes from a run is set as text and never as markup.
  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    for (const child of children) if (child !== null && child !== undefined) element.append(child);
    return element;
  };
  const code = (text) => make('code', '', text);
  const answerOf = (item, at) => item.answers[item.who[at]] || null;
  const verdictOf = (item, at) => { const answer = answerOf(item, at); return answer && data.verdicts[answer.verdict]; };
  const departs = (item, at) => departures.has(verdictOf(item, at));
  const classOf = (verdict) => (departures.has(verdict) ? 'departs' : verdict);
  const shownColumns = () => columns.flatMap((box, at) => (box.checked ? [at] : []));
  const casesOf = (row) => (data.clauses[row.dataset.clause] || [])
    .map((place) => data.cases[place])
    .filter((item) => !basis.value || item.basis === basis.value);

  // Filters --------------------------------------------------------------------------------------------------------

  function filter() {
    const shown = shownColumns();
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      let visible = !section.value || row.parentElement.dataset.section === section.value;
      if (visible && words.length) {
        const text = row.firstElementChild.textContent.toLowerCase();
        visible = words.every((word) => text.includes(word));
      }
      if (visible && (basis.value || only.checked)) {
        const cases = casesOf(row);
        visible = only.checked ? cases.some((item) => shown.some((at) => departs(item, at))) : cases.length > 0;
      }
      row.hidden = !visible;
      if (!visible) close(row);
      if (visible) count += 1;
    }
    for (const body of bodies) body.hidden = [...body.querySelectorAll('.clause')].every((row) => row.hidden);
    $('shown').textContent = count + ' of ' + rows.length + ' clauses';
    remember();
  }

  function showColumns() {
    const shown = shownColumns();
    let style = $('columns');
    if (!style) { style = make('style'); style.id = 'columns'; document.head.append(style); }
    const off = columns.flatMap((box, at) => (box.checked ? [] : [':nth-child(' + (at + 2) + ')']));
    style.textContent = off.length ? '#matrix :is(thead th, .clause td, .section td):is(' + off.join(',') + ') { display: none; }' : '';
    subject.value = shown.length === columns.length ? '' : shown.length === 1 ? String(shown[0]) : 'some';
    document.body.classList.toggle('single', shown.length === 1);
    for (const row of rows) if (isOpen(row)) { close(row); open(row); }
    filter();
  }

  function choose(wanted) {
    columns.forEach((box, at) => { box.checked = wanted(at); });
    showColumns();
  }

  // The choice stands in the address, behind the place in the page, so that it can be handed on: #PLACE?only=1&…
  function parts() {
    const hash = location.hash.slice(1), cut = hash.indexOf('?');
    return cut < 0 ? [decodeURIComponent(hash), ''] : [decodeURIComponent(hash.slice(0, cut)), hash.slice(cut + 1)];
  }

  function remember() {
    const query = new URLSearchParams();
    if (only.checked) query.set('only', '1');
    if (section.value) query.set('section', section.value);
    if (basis.value) query.set('basis', basis.value);
    if (search.value.trim()) query.set('search', search.value.trim());
    const shown = shownColumns();
    const few = shown.length <= columns.length / 2;
    columns.forEach((box, at) => { if (box.checked === few) query.append(few ? 'with' : 'without', data.subjects[at]); });
    if (!shown.length) query.set('with', '');
    const hash = parts()[0] + (query.size ? '?' + query : '');
    try { history.replaceState(null, '', hash ? '#' + hash : location.href.split('#')[0]); } catch { /* a page without an address */ }
  }

  function recall() {
    const query = new URLSearchParams(parts()[1]);
    only.checked = query.has('only');
    section.value = query.get('section') || '';
    basis.value = query.get('basis') || '';
    search.value = query.get('search') || '';
    const names = new Set(query.getAll(query.has('with') ? 'with' : 'without'));
    choose((at) => names.has(data.subjects[at]) === query.has('with'));
  }

  function fold(folded, some = bodies) {
    for (const body of some) {
      body.classList.toggle('folded', folded);
      buttonOf(body.firstElementChild).setAttribute('aria-expanded', String(!folded));
    }
    $('fold').setAttribute('aria-pressed', String(bodies.every((body) => body.classList.contains('folded'))));
  }

  // A clause and its cases -----------------------------------------------------------------------------------------

  function buttonOf(row) { return row.querySelector('button'); }
  function isOpen(row) { return buttonOf(row).getAttribute('aria-expanded') === 'true'; }

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
    const cases = casesOf(row), shown = shownColumns();
    const box = make('div', 'cases');
    box.append(make('p', '', cases.length ? cases.length + (cases.length === 1 ? ' case' : ' cases') : 'No case checks this clause.'));
    const weight = (item) => shown.filter((at) => departs(item, at)).length;
    for (const item of [...cases].sort((a, b) => weight(b) - weight(a))) box.append(caseOf(item, shown));
    return box;
  }

  function caseOf(item, shown) {
    const link = make('a', 'anchor', '#');
    link.href = '#case-' + item.id;
    link.setAttribute('aria-label', 'link to ' + item.id);
    const summary = make('summary', '', code(item.id), ' ', link, ' ');
    const counts = new Map();
    for (const at of shown) {
      const verdict = verdictOf(item, at);
      if (verdict) counts.set(verdict, (counts.get(verdict) || 0) + 1);
    }
    for (const [verdict, count] of counts) {
      summary.append(make('span', 'tag ' + classOf(verdict), shown.length === 1 ? verdict : verdict + ' ' + count), ' ');
    }
    const details = make('details', '', summary);
    details.dataset.case = item.id;
    details.addEventListener('toggle', () => {
      if (details.open && details.childElementCount === 1) details.append(body(item, shown));
    });
    return details;
  }

  function clause(id) {
    const row = $('clause-' + id);
    const link = make('a', '', id);
    link.href = '#clause-' + id;
    return make('div', 'faint', link, row ? ' ' + row.querySelector('.text').textContent : '');
  }

  function body(item, shown) {
    const box = make('div', 'body');
    box.append(make('p', 'faint', item.basis + ', ' + item.file + ':' + item.line));
    for (const id of item.clauses) box.append(clause(id));
    if (item.note) box.append(make('p', '', item.note));
    const steps = make('ol');
    for (const [step, expected] of item.steps) {
      steps.append(make('li', '', code(step), expected ? make('span', 'faint', ' expected ', code(expected)) : null));
    }
    box.append(steps);
    const groups = new Map();
    for (const at of shown) {
      const answer = answerOf(item, at);
      if (answer) groups.set(answer, [...(groups.get(answer) || []), data.subjects[at]]);
    }
    const rank = (verdict) => (departures.has(verdict) ? 0 : verdict === 'pass' ? 2 : 1);
    const table = make('dl');
    const sorted = [...groups].map(([answer, names]) => ({ answer, names, verdict: data.verdicts[answer.verdict] }));
    for (const group of sorted.sort((a, b) => rank(a.verdict) - rank(b.verdict))) {
      table.append(make('dt', '', make('span', 'tag ' + classOf(group.verdict), group.verdict)), make('dd', '', said(group, item)));
    }
    box.append(table);
    const first = shown.find((at) => departs(item, at));
    if (first !== undefined) box.append(make('p', 'faint', 'alone: ', code('sockspec run ' + data.subjects[first] + ' --case ' + item.id)));
    if (item.script) box.append(script(item));
    return box;
  }

  function said({ answer, names }, item) {
    const who = names.flatMap((name, at) => [at ? ', ' : '', make('span', 'name', name)]);
    const box = make('div', '', make('strong', '', ...who));
    const add = (className, ...children) => box.append(make('div', className, ...children));
    if (answer.step !== undefined && item.steps[answer.step]) {
      add('', 'step ' + (answer.step + 1) + ': ', code(answer.call || item.steps[answer.step][0]));
      if (item.steps[answer.step][1]) add('', 'expected ', code(item.steps[answer.step][1]));
      if (answer.got !== undefined) add('', 'got ', code(answer.got));
    }
    if (answer.difference) add('faint', answer.difference);
    if (answer.why) add('', data.reasons[answer.why] ? answer.why + ': ' + data.reasons[answer.why] : answer.why);
    if (answer.known) known(answer.known, add, box);
    for (const note of answer.notes || []) add('faint', note);
    if (answer.repro) add('', 'script: ', code(answer.repro));
    if (answer.stderr) box.append(make('pre', '', answer.stderr));
    return box;
  }

  function known({ reason, clause: broken, link }, add, box) {
    add('', make('strong', '', 'known: '), reason || 'nobody has said why');
    if (broken) box.append(clause(broken));
    if (!link) return;
    // Only what is an address of the web becomes a link.
    const upstream = make(/^https?:/.test(link) ? 'a' : 'span', '', link);
    if (upstream.tagName === 'A') { upstream.href = link; upstream.rel = 'noreferrer'; }
    add('', 'upstream: ', upstream);
  }

  function script(item) {
    const source = item.script.map((place) => data.lines[place]).join('\n');
    const button = make('button', 'copy', 'copy the script');
    button.type = 'button';
    const text = make('pre', '', source);
    text.tabIndex = 0;
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(source);
        button.textContent = 'copied';
      } catch {
        getSelection().selectAllChildren(text);
        button.textContent = 'selected: copy it with the keyboard';
      }
    });
    return make('details', '', make('summary', '', 'a script that shows it alone'), button, text);
  }

  // Places and keys ------------------------------------------------------------------------------------------------

  function go() {
    const hash = parts()[0];
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
    fold(false, [row.parentElement]);
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
    const stops = bodies.filter((part) => !part.hidden).flatMap((part) => (part.classList.contains('folded')
      ? [part.firstElementChild] : [...part.querySelectorAll('.section, .clause')].filter((row) => !row.hidden)));
    if (!stops.length) return;
    const row = document.activeElement.closest('.detail')?.previousElementSibling ?? document.activeElement.closest('.section, .clause');
    const current = stops.indexOf(row);
    const next = stops[current < 0 ? 0 : Math.min(Math.max(current + by, 0), stops.length - 1)];
    buttonOf(next).focus();
    next.scrollIntoView({ block: 'nearest' });
  }

  function escape(target) {
    if (target.matches('input[type="search"], select')) {
      if (target === search) { search.value = ''; filter(); }
      target.blur();
      return;
    }
    const row = target.closest('.detail')?.previousElementSibling ?? target.closest('.clause');
    if (row) { close(row); buttonOf(row).focus(); }
  }

  const keys = {
    '/': () => search.focus(),
    j: () => move(1),
    k: () => move(-1),
    d: () => { only.checked = !only.checked; filter(); },
    s: () => fold($('fold').getAttribute('aria-pressed') !== 'true'),
  };

  $('matrix').addEventListener('click', (event) => {
    const row = event.target.closest('.section, .clause');
    const head = event.target.closest('button.subject');
    if (head) {
      const at = Number(head.dataset.at);
      choose(subject.value === String(at) ? () => true : (each) => each === at);
    } else if (row && !event.target.closest('a')) {
      if (row.matches('.section')) fold(isOpen(row), [row.parentElement]);
      else if (isOpen(row)) close(row); else open(row);
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Escape') escape(event.target);
    else if (!event.target.matches('input[type="search"], select') && Object.hasOwn(keys, event.key)) {
      keys[event.key]();
      event.preventDefault();
    }
  });
  $('filters').addEventListener('submit', (event) => event.preventDefault());
  for (const control of [only, section, search]) control.addEventListener('input', filter);
  basis.addEventListener('input', showColumns);
  subject.addEventListener('input', () => choose((at) => !subject.value || String(at) === subject.value));
  for (const box of columns) box.addEventListener('change', showColumns);
  $('fold').addEventListener('click', keys.s);
  $('all').addEventListener('click', () => choose(() => true));
  $('none').addEventListener('click', () => choose(() => false));
  const departing = new Set(data.subjects.flatMap((_, at) => (data.cases.some((item) => departs(item, at)) ? [at] : [])));
  $('departing').addEventListener('click', () => choose((at) => departing.has(at)));
  addEventListener('hashchange', () => { if (parts()[1]) recall(); go(); });
  recall();
  go();
})();
