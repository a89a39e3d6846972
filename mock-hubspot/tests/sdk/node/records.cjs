// Search, the batch verbs of records with their partial failures, merging, forgetting, and definitions of properties,
// through HubSpot's current Node SDK.
'use strict';
const assert = require('node:assert/strict');
const { Client } = require('@hubspot/api-client');
const mock = require('./mock.cjs');

const { crm } = new Client({ accessToken: mock.accessToken, basePath: mock.url });
const { calls } = crm.objects;
const api = calls.batchApi;

const log = (more) => calls.basicApi.create({ properties: mock.call(more) });
const two = async () => [(await log({ hs_call_title: 'one' })).id, (await log({ hs_call_title: 'two' })).id];
const traced = (results) => Object.fromEntries(results.map((r) => [r.objectWriteTraceId, r]));

mock.run({
  async search() {
    for (const [id, seconds] of [['a', 10], ['b', 20], ['b', 30], ['c', 40]]) {
      await log({ hs_call_external_id: id, hs_call_duration: String(seconds * 1000), hs_call_title: `Call ${seconds}` });
    }
    const find = (request) => calls.searchApi.doSearch({ properties: ['hs_call_external_id', 'hs_call_duration'], ...request });
    const durations = (page) => page.results.map((r) => Number(r.properties.hs_call_duration) / 1000);
    const filter = (propertyName, operator, more) => ({ propertyName, operator, ...more });
    const one = { filterGroups: [{ filters: [filter('hs_call_external_id', 'EQ', { value: 'b' })] }], sorts: ['-hs_call_duration'], limit: 1 };
    const page = await find({ ...one, after: '0' });
    assert.deepEqual([page.total, page.results.length, page.paging.next.after], [2, 1, '1']);
    assert.equal(page.results[0].properties.hs_call_external_id, 'b');
    assert.ok(page.results[0].createdAt instanceof Date);
    const rest = await find({ ...one, after: '1' });
    assert.deepEqual([durations(rest), rest.paging], [[20], undefined]);

    const groups = (...all) => ({ filterGroups: all.map((filters) => ({ filters })), sorts: ['hs_call_duration'] });
    for (const [filters, expected] of [
      [filter('hs_call_duration', 'BETWEEN', { value: '20000', highValue: '30000' }), [20, 30]],
      [filter('hs_call_duration', 'GT', { value: '30000' }), [40]],
      [filter('hs_call_duration', 'LTE', { value: '10000' }), [10]],
      [filter('hs_call_external_id', 'IN', { values: ['a', 'c'] }), [10, 40]],
      [filter('hs_call_external_id', 'NOT_IN', { values: ['a', 'c'] }), [20, 30]],
      [filter('hs_call_title', 'CONTAINS_TOKEN', { value: '4*' }), [40]],
      [filter('hs_call_external_id', 'NEQ', { value: 'b' }), [10, 40]],
      [filter('hs_call_body', 'HAS_PROPERTY'), []],
      [filter('hs_call_body', 'NOT_HAS_PROPERTY'), [10, 20, 30, 40]],
    ]) {
      assert.deepEqual(durations(await find(groups([filters]))), expected, JSON.stringify(filters));
    }
    const either = groups([filter('hs_call_external_id', 'EQ', { value: 'a' })], [filter('hs_call_duration', 'GTE', { value: '40000' })]);
    assert.deepEqual(durations(await find(either)), [10, 40]);
    assert.deepEqual(durations(await find({ query: 'call 30' })), [30]);
    assert.equal((await find({})).total, 4);

    const bad = await mock.failure(find(groups([filter('colour', 'EQ', { value: 'red' })])));
    assert.deepEqual([bad.code, bad.body.message], [400, 'There was a problem with the request.']);
    const far = await mock.failure(find({ after: '10000' }));
    assert.equal(far.code, 400);
  },

  async batch_read() {
    const [one, other] = await two();
    const read = (...ids) => api.read({ inputs: ids.map((id) => ({ id })), properties: ['hs_call_title'], propertiesWithHistory: [] });
    const all = await read(one, other);
    assert.deepEqual([all.status, all.results.map((r) => r.properties.hs_call_title), all.errors], ['COMPLETE', ['one', 'two'], undefined]);
    assert.ok(all.startedAt instanceof Date && all.completedAt instanceof Date);
    const some = await read(one, '424242', '9');
    assert.deepEqual([some.results.length, some.numErrors, some.errors.length], [1, 1, 1]);
    assert.deepEqual([some.errors[0].category, some.errors[0].context.ids], ['OBJECT_NOT_FOUND', ['424242', '9']]);
    assert.match(some.errors[0].message, /^Could not get some CALL objects/);
    await calls.basicApi.update(one, { properties: { hs_call_title: 'changed' } });
    const past = await api.read({ inputs: [{ id: one }], properties: [], propertiesWithHistory: ['hs_call_title'] });
    assert.deepEqual(past.results[0].propertiesWithHistory.hs_call_title.map((v) => v.value), ['changed', 'one']);
    const byEmail = { inputs: [{ id: 'ada@customer.example' }], idProperty: 'email', properties: ['firstname'], propertiesWithHistory: [] };
    assert.equal((await crm.contacts.batchApi.read(byEmail)).results[0].id, '101');
    const empty = await mock.failure(read());
    assert.deepEqual([empty.code, empty.body.message], [400, 'Batch input provided should have at least one object.']);
  },

  async batch_create() {
    const input = (properties, objectWriteTraceId) => ({
      properties: mock.call(properties),
      associations: [{ to: { id: '101' }, types: [mock.CALL_TO_CONTACT] }],
      objectWriteTraceId,
    });
    const made = await api.create({ inputs: [input({ hs_call_title: 'a' }), input({ hs_call_title: 'b' })] });
    assert.deepEqual([made.status, made.results.map((r) => r.properties.hs_call_title)], ['COMPLETE', ['a', 'b']]);
    const linked = await crm.associations.v4.basicApi.getPage('contacts', '101', 'calls');
    assert.deepEqual(linked.results.map((r) => String(r.toObjectId)), made.results.map((r) => r.id));

    // One bad input refuses all of them …
    const bad = await mock.failure(api.create({ inputs: [input({}), input({ colour: 'red' })] }));
    assert.deepEqual([bad.code, bad.body.category, bad.body.errors[0].code], [400, 'VALIDATION_ERROR', 'PROPERTY_DOESNT_EXIST']);
    assert.equal((await calls.basicApi.getPage(100)).results.length, 2);
    // … unless each has a trace id of its own.
    const some = await api.create({ inputs: [input({ hs_call_title: 'c' }, 't-1'), input({ colour: 'red' }, 't-2')] });
    assert.deepEqual([some.results.length, some.numErrors], [1, 1]);
    assert.deepEqual([some.results[0].objectWriteTraceId, some.results[0].properties.hs_call_title], ['t-1', 'c']);
    assert.deepEqual([some.errors[0].category, some.errors[0].context.objectWriteTraceId], ['VALIDATION_ERROR', ['t-2']]);
    assert.equal((await calls.basicApi.getPage(100)).results.length, 3);
    const many = await mock.failure(api.create({ inputs: Array.from({ length: 101 }, () => input({})) }));
    assert.equal(many.code, 400);
  },

  async batch_update() {
    const [one, other] = await two();
    const input = (id, properties, objectWriteTraceId) => ({ id, properties, objectWriteTraceId });
    const both = await api.update({ inputs: [input(one, { hs_call_body: 'x' }), input(other, { hs_call_body: 'y' })] });
    assert.deepEqual(both.results.map((r) => r.properties.hs_call_body), ['x', 'y']);
    const some = await api.update({ inputs: [input(one, { hs_call_body: 'z' }), input('424242', { hs_call_body: 'z' })] });
    assert.deepEqual([some.results.length, some.results[0].properties.hs_call_body, some.numErrors], [1, 'z', 1]);
    assert.deepEqual([some.errors[0].category, some.errors[0].context.ids], ['OBJECT_NOT_FOUND', ['424242']]);
    const bad = await mock.failure(api.update({ inputs: [input(one, { hs_call_body: 'no' }), input(other, { hs_call_status: 'no' })] }));
    assert.deepEqual([bad.code, bad.body.errors[0].code], [400, 'INVALID_OPTION']);
    assert.equal((await calls.basicApi.getById(one, ['hs_call_body'])).properties.hs_call_body, 'z');
    const each = await api.update({ inputs: [input(one, { hs_call_body: 'yes' }, 't-1'), input(other, { hs_call_status: 'no' }, 't-2')] });
    assert.equal(traced(each.results)['t-1'].properties.hs_call_body, 'yes');
    assert.deepEqual([each.numErrors, each.errors[0].context.objectWriteTraceId], [1, ['t-2']]);
  },

  async batch_upsert() {
    const { batchApi } = crm.contacts;
    const input = (email, properties, objectWriteTraceId) => ({ id: email, idProperty: 'email', properties, objectWriteTraceId });
    const merged = await batchApi.upsert({ inputs: [input('ada@customer.example', { firstname: 'Up' }), input('new@customer.example', { firstname: 'Up' })] });
    assert.deepEqual(merged.results.map((r) => [r.id === '101', r._new]), [[true, false], [false, true]]);
    assert.equal((await crm.contacts.basicApi.getById('new@customer.example', ['firstname'], undefined, undefined, false, 'email')).properties.firstname, 'Up');
    const bad = await mock.failure(batchApi.upsert({ inputs: [input('c@customer.example', { firstname: 'C' }), input('not an address', {})] }));
    assert.deepEqual([bad.code, bad.body.errors[0].code], [400, 'INVALID_EMAIL']);
    const each = await batchApi.upsert({ inputs: [input('c@customer.example', { firstname: 'C' }, 't-1'), input('not an address', {}, 't-2')] });
    assert.deepEqual([each.results.map((r) => [r.objectWriteTraceId, r._new]), each.numErrors], [[['t-1', true]], 1]);
    assert.deepEqual(each.errors[0].context.objectWriteTraceId, ['t-2']);
    const unique = await mock.failure(batchApi.upsert({ inputs: [{ id: 'Ada', idProperty: 'firstname', properties: {} }] }));
    assert.equal(unique.code, 400);
  },

  async batch_archive() {
    const [one, other] = await two();
    assert.equal(await api.archive({ inputs: [{ id: one }, { id: '424242' }] }), undefined);
    const left = await api.read({ inputs: [{ id: one }, { id: other }], properties: [], propertiesWithHistory: [] });
    assert.deepEqual([left.results.map((r) => r.id), left.errors[0].context.ids], [[other], [one]]);
    const gone = await api.read({ inputs: [{ id: one }], properties: [], propertiesWithHistory: [] }, true);
    assert.deepEqual(gone.results.map((r) => [r.id, r.archived]), [[one, true]]);
    assert.ok(gone.results[0].archivedAt instanceof Date);
    assert.equal((await mock.failure(api.archive({ inputs: [] }))).code, 400);
  },

  async contacts() {
    const { basicApi } = crm.contacts;
    const twin = await mock.failure(basicApi.create({ properties: { email: 'ADA@customer.example' } }));
    assert.deepEqual([twin.code, twin.body.category, twin.body.message], [409, 'CONFLICT', 'Contact already exists. Existing ID: 101']);
    const kept = await basicApi.merge({ primaryObjectId: '101', objectIdToMerge: '102' });
    assert.equal(kept.id, '101');
    assert.equal((await mock.failure(basicApi.getById('102'))).code, 404);
    assert.equal(await basicApi.purge({ objectId: 'ada@customer.example', idProperty: 'email' }), undefined);
    assert.equal((await mock.failure(basicApi.getById('101', undefined, undefined, undefined, true))).code, 404);
    assert.equal((await crm.contacts.getAll()).length, 0);
  },

  async properties() {
    const { coreApi, batchApi, groupsApi } = crm.properties;
    const tone = { name: 'tone', label: 'Tone', type: 'enumeration', fieldType: 'select', groupName: 'call', options: [{ label: 'Kind', value: 'kind', hidden: false, displayOrder: 0 }] };
    const made = await coreApi.create('calls', tone);
    assert.deepEqual([made.name, made.options[0].value, made.hubspotDefined], ['tone', 'kind', false]);
    assert.ok(made.createdAt instanceof Date && made.modificationMetadata.archivable);
    assert.equal((await log({ tone: 'kind' })).properties.tone, 'kind');
    const rude = await mock.failure(log({ tone: 'rude' }));
    assert.deepEqual([rude.code, rude.body.errors[0].code], [400, 'INVALID_OPTION']);
    assert.equal((await coreApi.update('calls', 'tone', { label: 'Tone of voice' })).label, 'Tone of voice');
    const again = await mock.failure(coreApi.create('calls', tone));
    assert.deepEqual([again.code, again.body.subCategory], [409, 'Properties.PROPERTY_WITH_NAME_EXISTS']);
    const own = await mock.failure(coreApi.archive('calls', 'hs_call_title'));
    assert.equal(own.code, 400);
    const listed = (await coreApi.getAll('calls', false)).results.map((p) => p.name);
    assert.ok(listed.includes('tone') && listed.includes('hs_call_disposition'));
    const outcome = await coreApi.getByName('calls', 'hs_call_disposition');
    assert.ok(outcome.options.some((o) => o.label === 'Connected' && o.value === 'f240bbac-87c9-4f6e-bf70-924b57d47db7'));
    const some = await batchApi.read('calls', { archived: false, inputs: [{ name: 'tone' }, { name: 'colour' }] });
    assert.deepEqual([some.results.map((p) => p.name), some.numErrors, some.errors[0].category], [['tone'], 1, 'OBJECT_NOT_FOUND']);
    assert.ok((await groupsApi.getAll('calls')).results.some((g) => g.name === 'call'));
    await batchApi.archive('calls', { inputs: [{ name: 'tone' }] });
    assert.equal((await mock.failure(coreApi.getByName('calls', 'tone'))).code, 404);
  },
});
