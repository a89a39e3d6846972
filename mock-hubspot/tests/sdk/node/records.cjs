// Search and the batch verbs of records, partial failure included, through HubSpot's current Node SDK.
'use strict';
const assert = require('node:assert/strict');
const { Client } = require('@hubspot/api-client');
const mock = require('./mock.cjs');

const { calls } = new Client({ accessToken: mock.accessToken, basePath: mock.url }).crm.objects;
const { contacts } = new Client({ accessToken: mock.accessToken, basePath: mock.url }).crm;

mock.run({
  async search() {
    for (const id of ['a', 'b', 'b']) await calls.basicApi.create({ properties: mock.call({ hs_call_external_id: id }) });
    const filters = [{ propertyName: 'hs_call_external_id', operator: 'EQ', value: 'b' }];
    const request = { filterGroups: [{ filters }], sorts: ['-hs_timestamp'], properties: ['hs_call_external_id'], limit: 1, after: '0' };
    const page = await calls.searchApi.doSearch(request);
    assert.deepEqual([page.total, page.results.length, page.paging.next.after], [2, 1, '1']);
    assert.equal(page.results[0].properties.hs_call_external_id, 'b');
    const rest = await calls.searchApi.doSearch({ ...request, after: '1' });
    assert.deepEqual([rest.results.length, rest.paging], [1, undefined]);
  },

  async batches() {
    const api = calls.batchApi;
    const made = await api.create({ inputs: [1, 2].map((n) => ({ properties: mock.call({ hs_call_title: `${n}` }), associations: [] })) });
    assert.deepEqual([made.status, made.results.length], ['COMPLETE', 2]);
    const [one, two] = made.results.map((r) => r.id);

    const read = await api.read({ inputs: [{ id: one }, { id: '424242' }], properties: ['hs_call_title'], propertiesWithHistory: [] });
    assert.deepEqual([read.results.length, read.numErrors], [1, 1]);
    assert.deepEqual([read.errors[0].category, read.errors[0].context.ids], ['OBJECT_NOT_FOUND', ['424242']]);

    const changes = [one, '424242'].map((id) => ({ id, properties: { hs_call_body: 'x' } }));
    const changed = await api.update({ inputs: changes });
    assert.deepEqual([changed.results[0].properties.hs_call_body, changed.numErrors], ['x', 1]);

    const upsert = (email) => ({ id: email, idProperty: 'email', properties: { firstname: 'Up' } });
    const merged = await contacts.batchApi.upsert({ inputs: [upsert('ada@customer.example'), upsert('new@customer.example')] });
    assert.deepEqual(merged.results.map((r) => r._new).sort(), [false, true]);

    await api.archive({ inputs: [{ id: one }, { id: two }, { id: '424242' }] });
    const gone = await api.read({ inputs: [{ id: one }, { id: two }], properties: [], propertiesWithHistory: [] });
    assert.equal(gone.results.length, 0);

    const empty = await mock.failure(api.create({ inputs: [] }));
    assert.equal(empty.body.message, 'Batch input provided should have at least one object.');
    const bad = [mock.call(), { ...mock.call(), colour: 'red' }].map((properties) => ({ properties, associations: [] }));
    assert.equal((await mock.failure(api.create({ inputs: bad }))).code, 400);
  },
});
