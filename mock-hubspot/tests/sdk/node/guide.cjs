// The guide's association call, through the last Node SDK that had it.
'use strict';
const assert = require('node:assert/strict');
const { Client } = require('hubspot-api-client-7');
const mock = require('./mock.cjs');

const { calls } = new Client({ accessToken: mock.accessToken, basePath: mock.url }).crm.objects;

mock.run({
  async association() {
    const { id } = await calls.basicApi.create({ properties: mock.call() });
    for (const type of ['194', 'call_to_contact']) {
      const linked = await calls.associationsApi.create(id, 'contacts', '101', type);
      assert.equal(linked.id, id);
      assert.equal(linked.associations.contacts.results[0].type, 'call_to_contact');
    }
    const listed = await calls.associationsApi.getAll(id, 'contacts');
    assert.deepEqual(listed.results.map((r) => [r.id, r.type]), [['101', 'call_to_contact']]);
    const wrong = await mock.failure(calls.associationsApi.create(id, 'contacts', '424242', '194'));
    assert.equal(wrong.code, 400);
    await calls.associationsApi.archive(id, 'contacts', '101', 'call_to_contact');
    await calls.associationsApi.archive(id, 'contacts', '101', 'call_to_contact');
    assert.deepEqual((await calls.associationsApi.getAll(id, 'contacts')).results, []);
  },
});
