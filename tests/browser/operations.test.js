// The operations page in Chromium: what it shows of a real server, and what an operator does with it.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const { Server, endAll, run, binary, copy } = require('../integration/harness');
const { source, pushRtmp } = require('../integration/media');
const { launch } = require('./browser');

const token = 'token-of-operations';
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const file = () => source({ rate: '25', gop: 50, size: '320x180', bitrate: '400k' });
let server;
let browser;
const publishers = new Map();
const publish = (channel, feed = 'primary') => publishers.set(`${channel} ${feed}`, pushRtmp(file(), server.rtmp(channel, `?feed=${feed}`)));

before(async () => {
  file();
  const thumbnails = { thumbnails: '2s' };
  const ladder = { ladder: [{ height: 90, bitrate: '150k', preset: 'ultrafast' }], part: '200ms', outage: 'hold', slate_text: 'Soon', audio: { mode: 'encode' } };
  server = await Server.start({ channels: { '*': copy(thumbnails), ladder: { ...ladder, ...thumbnails } } }, { env: { KICKOFF_ADMIN_TOKEN: token } });
  browser = await launch();
  publish('ladder');
  publish('match');
  await Promise.all(['ladder', 'match'].map((channel) => server.live(channel)));
  publish('match', 'backup'); // not before: the primary feed is shown, and nothing returns to it
});
after(async () => {
  await browser?.close();
  await Promise.all([...publishers.values()].map((publisher) => publisher.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// → {page, context, complaints}: what the page wrote to the console as an error, or did not catch.
async function open(options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(120000); // patience
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`http://127.0.0.1:${server.ports.admin}/`);
  await page.waitForSelector('#channel-match');
  return { page, context, complaints };
}
const card = (page, channel) => page.locator(`.card[data-key="${channel}"]`);
const stateOf = async (channel) => JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === channel);
const giveToken = async (page, text) => {
  await page.locator('#token').fill(text);
  await page.locator('#token-dialog button[value=yes]').click();
};

for (const [name, options] of [['a wide window, light', { viewport: { width: 1440, height: 900 }, colorScheme: 'light' }], ['a phone, dark', { viewport: { width: 390, height: 800 }, colorScheme: 'dark' }]]) {
  test(`${name}: each channel has its card with pictures, meters, renditions and delays, that anybody can read`, async () => {
    const { page, context, complaints } = await open(options);
    const match = card(page, 'match');
    await page.waitForFunction(() => document.querySelectorAll('.card[data-key=match] figure img').length === 2 && [...document.querySelectorAll('.card img')].every((img) => { if (!img.naturalWidth) img.scrollIntoView(); return img.naturalWidth > 0; })); // far below they are loaded when one comes near
    await page.waitForFunction(() => document.querySelector('#fleet-live .value').textContent === '2');
    assert.match(await match.locator('.lines').innerText(), /primary.*rtmp · H.264 320x180.*\nbackup.*rtmp/);
    assert.strictEqual(await match.locator('figure.shown').count(), 1);
    assert.deepStrictEqual((await card(page, 'ladder').locator('tbody th').allInnerTexts()).sort(), ['a1', 'v90']);
    assert.strictEqual(await card(page, 'ladder').locator('meter').count(), 2);
    await page.waitForFunction(() => /package and publish/.test(document.querySelector('.card[data-key=ladder] .words').textContent));
    await page.waitForFunction(() => /bit\/s/.test(document.querySelector('.card[data-key=match] .rate').textContent));
    assert.strictEqual(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, 'nothing is wider than the window');
    await page.evaluate(axe);
    const wrong = await page.evaluate(async () => (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`));
    assert.deepStrictEqual(wrong, []);
    assert.deepStrictEqual(complaints, []);
    await context.close();
  });
}

test('a switch asks first, then for a token, and is refused without one that may operate', async () => {
  const { page, context } = await open();
  // On a busy machine the server may switch by itself: what counts is what was asked for.
  const asked = async () => (await stateOf('match')).last_switches.filter(({ reason }) => reason === 'asked').map(({ to }) => to);
  const button = card(page, 'match').locator('.switch');
  const told = (text) => page.waitForFunction((wanted) => document.querySelector('#told').textContent.includes(wanted), text);
  await page.waitForFunction(() => !document.querySelector('.card[data-key=match] .switch').disabled);
  await button.click();
  assert.match(await page.locator('#switch-words').innerText(), /^Show the (primary|backup) feed of match to its viewers\?$/);
  await page.locator('#switch-dialog .no').click();
  await button.click();
  await page.locator('#switch-dialog [value=yes]').click();
  await page.locator('#token-dialog .no').click();
  await told('needs an operator');
  await button.click();
  await page.locator('#switch-dialog [value=yes]').click();
  await giveToken(page, 'wrong');
  await told('does not know this token');
  assert.deepStrictEqual(await asked(), [], 'nothing was switched');
  await button.click();
  const [, to] = /the (\w+) feed/.exec(await page.locator('#switch-words').innerText());
  await page.locator('#switch-dialog [value=yes]').click();
  await giveToken(page, token);
  await told(`the ${to} feed is shown`);
  assert.deepStrictEqual(await asked(), [to]);
  const line = `match · feed.switch · from ${to === 'primary' ? 'backup' : 'primary'}, to ${to}, reason asked`;
  await page.waitForFunction((wanted) => [...document.querySelectorAll('#events li')].some((one) => one.textContent.endsWith(wanted)), line);
  await page.waitForFunction(() => document.querySelectorAll('.card[data-key=match] figure.shown').length === 1);
  await context.close();
});

test('a slate is ordered with a text and taken back; the token is asked for once, and forgotten on request', async () => {
  const { page, context, complaints } = await open();
  const slate = card(page, 'ladder').locator('.slate');
  await slate.click();
  const text = '<img src=x onerror=alert(1)>';
  await page.locator('#slate-text').fill(text);
  await page.locator('#slate-reason').fill('rain');
  await page.locator('#slate-dialog [value=yes]').click();
  await giveToken(page, token);
  const line = `slate ordered “${text}”: rain`;
  await page.waitForFunction((wanted) => document.querySelector('.card[data-key=ladder] .lines').textContent.includes(wanted), line);
  assert.strictEqual((await stateOf('ladder')).slate.text, text);
  assert.strictEqual(await page.locator('.lines img, #events img').count(), 0, 'it is text, not HTML');
  await page.waitForFunction(() => document.querySelector('.card[data-key=ladder] .slate').textContent === 'End slate…');
  await slate.click();
  await page.locator('#slate-dialog [value=yes]').click();
  await server.until('the slate is taken back', async () => !(await stateOf('ladder')).slate.ordered);
  await page.locator('#forget-token').click();
  assert.strictEqual(await page.evaluate(() => sessionStorage.length), 0);
  assert.deepStrictEqual(complaints, []);
  await context.close();
});

test('a feed is checked, and its card keeps the verdict for whoever opens the page', async () => {
  const { page, context, complaints } = await open();
  await page.waitForFunction(() => !document.querySelector('.card[data-key=ladder] .check').disabled);
  await card(page, 'ladder').locator('.check').click();
  assert.deepStrictEqual(await page.locator('#check-feed option').allInnerTexts(), ['primary']);
  await page.locator('#check-for').selectOption('10');
  await page.locator('#check-dialog [value=yes]').click();
  await giveToken(page, token);
  await page.waitForFunction(() => /primary feed is being checked, for 10 s/.test(document.querySelector('.card[data-key=ladder] .checks').textContent));
  await page.waitForFunction(() => /primary feed, checked for 10 s from .*: (pass|warn|fail)/.test(document.querySelector('.card[data-key=ladder] .checks summary').textContent));
  const { checks: [check] } = JSON.parse((await server.admin('/api/v1/channels/ladder/check')).text);
  const shown = async (where) => {
    const details = card(where, 'ladder').locator('.checks details');
    if (!await details.evaluate((element) => element.open)) await details.locator('summary').click();
    return details.locator('tbody tr').evaluateAll((rows) => rows.map(({ children }) => [children[1].textContent, children[0].textContent, children[2].firstChild.textContent]));
  };
  const told = check.lines.map(({ property, verdict, measured }) => [property, verdict, measured].map((text, i) => (i < 2 ? text.replaceAll('_', ' ') : text)));
  assert.deepStrictEqual(await shown(page), told);
  await page.evaluate(axe);
  assert.deepStrictEqual(await page.evaluate(async () => (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)), []);
  assert.deepStrictEqual(complaints, []);
  await context.close();
  const other = await open({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
  await other.page.waitForFunction(() => document.querySelector('.card[data-key=ladder] .checks summary'));
  assert.deepStrictEqual(await shown(other.page), told);
  assert.strictEqual(await other.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, 'nothing is wider than the window');
  await other.context.close();
});

test('the keyboard reaches every channel and what can be done with it', async () => {
  const { page, context } = await open();
  const focused = () => page.evaluate(() => document.activeElement.dataset.key);
  await page.keyboard.press('?');
  await page.locator('#help-dialog').waitFor({ state: 'visible' });
  await page.keyboard.press('j');
  assert.notStrictEqual(await focused(), 'ladder', 'keys rest while a dialog is open');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  assert.strictEqual(await focused(), 'ladder');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  assert.strictEqual(await focused(), 'match', 'the last one stays');
  await page.keyboard.press('k');
  assert.strictEqual(await focused(), 'ladder');
  await page.keyboard.press('w');
  assert.strictEqual(await page.locator('#wall').getAttribute('aria-pressed'), 'true');
  assert.strictEqual(await card(page, 'match').locator('.lines').isVisible(), false);
  await page.keyboard.press('w');
  assert.strictEqual(await card(page, 'match').locator('.lines').isVisible(), true);
  await page.keyboard.press('f');
  assert.strictEqual(await page.locator('#event-channel').inputValue(), 'ladder');
  await page.waitForFunction(() => [...document.querySelectorAll('#events li')].every((line) => / ladder · /.test(line.textContent)));
  await page.keyboard.press('l');
  await page.locator('#slate-dialog').waitFor({ state: 'visible' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await page.locator('#check-dialog').waitFor({ state: 'visible' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('e');
  assert.strictEqual(await page.evaluate(() => document.activeElement.id), 'event-channel');
  await context.close();
});

test('an outage is an alarm of its channel while it lasts', async () => {
  const { page, context } = await open();
  await publishers.get('ladder primary').stop('SIGKILL');
  await page.waitForFunction(() => /outage since/.test(document.querySelector('.card[data-key=ladder] .alarms').textContent));
  await page.waitForFunction(() => document.querySelector('#fleet-alarms .value').textContent === '1');
  assert.strictEqual(await card(page, 'match').locator('.alarms li').count(), 0);
  await card(page, 'ladder').locator('.alarms .silence').click();
  await page.locator('#silence-reason').fill('encoder is being changed');
  await page.locator('#silence-dialog button[value=yes]').click();
  await giveToken(page, token);
  await page.waitForFunction(() => /silenced until .*: encoder is being changed/.test(document.querySelector('.card[data-key=ladder] .alarms li.silenced')?.textContent));
  await page.waitForFunction(() => document.querySelector('#fleet-alarms .value').textContent === '0' && /1 more silenced/.test(document.querySelector('#fleet-alarms .more').textContent));
  await card(page, 'ladder').locator('.alarms .silence').click();
  await page.locator('#silence-dialog button[value=yes]').click();
  await page.waitForFunction(() => document.querySelector('#fleet-alarms .value').textContent === '1');
  publish('ladder');
  await page.waitForFunction(() => document.querySelectorAll('.alarms li').length === 0);
  await context.close();
});

// The last one: it takes the server away.
test('a server that is away is said to be, and the page goes on when it is back', async () => {
  const { page, context } = await open();
  await server.process.stop('SIGKILL');
  await page.waitForFunction(() => /does not answer/.test(document.querySelector('#problem').textContent));
  assert.strictEqual(await page.locator('#problem').getAttribute('role'), 'alert');
  assert.ok(await card(page, 'match').isVisible(), 'what was known stays');
  server.process = run(binary, ['serve', '--config', server.file], { env: { ...process.env, KICKOFF_ADMIN_TOKEN: token } });
  await page.waitForFunction(() => document.querySelector('#problem').textContent === '');
  publish('match');
  await page.waitForFunction(() => document.querySelector('.card[data-key=match] .state')?.textContent === 'live');
  await context.close();
});
