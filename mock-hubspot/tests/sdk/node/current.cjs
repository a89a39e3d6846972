// HubSpot's current Node SDK against the mock; one part a run: node current.cjs PART
'use strict';
const assert = require('node:assert/strict');
const { Client } = require('@hubspot/api-client');
const mock = require('./mock.cjs');

const developer = new Client({ developerApiKey: mock.developerKey, basePath: mock.url });
const hubspot = new Client({ accessToken: mock.accessToken, basePath: mock.url });
const { calling } = developer.crm.extensions;
const contacts = [{ to: { id: '101' }, types: [mock.CALL_TO_CONTACT] }];

const log = (more, associations) =>
  hubspot.crm.objects.calls.basicApi.create({ properties: mock.call(more), ...(associations && { associations }) });

mock.run({
  async registration() {
    const api = calling.recordingSettingsApi;
    assert.equal((await mock.failure(api.getUrlFormat(mock.appId))).code, 404);
    const first = { urlToRetrieveAuthedRecording: 'https://e.example/retrieve/recording/%s' };
    const second = { urlToRetrieveAuthedRecording: 'https://e.example/v2/%s' };
    assert.equal((await api.registerUrlFormat(mock.appId, first)).urlToRetrieveAuthedRecording, first.urlToRetrieveAuthedRecording);
    assert.equal((await api.getUrlFormat(mock.appId)).urlToRetrieveAuthedRecording, first.urlToRetrieveAuthedRecording);
    assert.equal((await api.updateUrlFormat(mock.appId, second)).urlToRetrieveAuthedRecording, second.urlToRetrieveAuthedRecording);

    const refused = await mock.failure(
      hubspot.crm.extensions.calling.recordingSettingsApi.registerUrlFormat(mock.appId, first),
    );
    assert.equal(refused.code, 401);
    assert.equal(refused.body.category, 'INVALID_AUTHENTICATION');
    const foreign = await mock.failure(api.getUrlFormat(mock.appId + 1));
    assert.equal(foreign.body.subCategory, 'OwnedApplicationError.APPLICATION_NOT_FOUND');
  },

  async settings() {
    const api = calling.settingsApi;
    const made = await api.create(mock.appId, { name: 'demo', url: 'https://e.example/widget', width: 400, height: 600, isReady: true });
    assert.equal(made.name, 'demo');
    assert.equal(made.usesRemote, false);
    assert.ok(made.createdAt instanceof Date && made.updatedAt instanceof Date);
    assert.equal((await api.update(mock.appId, { isReady: false })).isReady, false);
    assert.equal((await api.getById(mock.appId)).isReady, false);
    await api.archive(mock.appId);
    assert.equal((await mock.failure(api.getById(mock.appId))).code, 404);
  },

  async channel() {
    const api = calling.channelConnectionSettingsApi;
    const made = await api.create(mock.appId, { isReady: true, url: 'https://e.example/channel' });
    assert.deepEqual([made.isReady, made.url], [true, 'https://e.example/channel']);
    assert.ok(made.createdAt instanceof Date);
    assert.equal((await api.update(mock.appId, { isReady: false })).isReady, false);
    assert.equal((await api.getById(mock.appId)).url, 'https://e.example/channel');
    await api.archive(mock.appId);
    assert.equal((await mock.failure(api.getById(mock.appId))).code, 404);
  },

  async calls() {
    const { basicApi } = hubspot.crm.objects.calls;
    const made = await log({}, contacts);
    assert.equal(made.properties.hs_call_duration, '60000');
    assert.ok(made.createdAt instanceof Date && made.archived === false);
    const read = await basicApi.getById(made.id, ['hs_call_title', 'hs_call_body'], undefined, ['contacts', 'companies'], false);
    assert.equal(read.properties.hs_call_title, 'Example Call');
    assert.equal(read.properties.hs_call_body, null);
    assert.deepEqual(read.associations.contacts.results.map((r) => [r.id, r.type]), [['101', 'call_to_contact']]);
    const changed = await basicApi.update(made.id, { properties: { hs_call_body: 'talked' } });
    assert.equal(changed.properties.hs_call_body, 'talked');
    await basicApi.archive(made.id);
    const gone = await mock.failure(basicApi.getById(made.id));
    assert.equal(gone.code, 404);
    assert.equal(gone.body.message, 'resource not found');
    assert.equal(gone.headers['x-hubspot-correlation-id'], gone.body.correlationId);
    assert.equal((await basicApi.getById(made.id, undefined, undefined, undefined, true)).archived, true);

    const bad = await mock.failure(basicApi.create({ properties: mock.call({ colour: 'red' }) }));
    assert.deepEqual([bad.code, bad.body.category, bad.body.errors[0].code], [400, 'VALIDATION_ERROR', 'PROPERTY_DOESNT_EXIST']);
    const late = await mock.failure(basicApi.create({ properties: {} }));
    assert.equal(late.body.message, 'Error creating CALL. Some required properties were not set.');
  },

  // The portal holds 250 calls.
  async paging() {
    const { basicApi } = hubspot.crm.objects.calls;
    const seen = [];
    let after;
    let pages = 0;
    do {
      const page = await basicApi.getPage(100, after, ['hs_call_external_id']);
      seen.push(...page.results.map((r) => r.properties.hs_call_external_id));
      if (page.paging) assert.ok(page.paging.next.link.startsWith(mock.url));
      after = page.paging?.next?.after;
      pages += 1;
    } while (after);
    assert.equal(pages, 3);
    assert.equal(new Set(seen).size, 250);
    assert.equal((await hubspot.crm.contacts.getAll(1)).length, 2);
  },

  async associations() {
    const { basicApi, batchApi, schema } = hubspot.crm.associations.v4;
    const [one, two] = [(await log()).id, (await log()).id];
    const made = await basicApi.create('calls', one, 'contacts', '101', [mock.CALL_TO_CONTACT]);
    assert.deepEqual([made.fromObjectTypeId, made.toObjectTypeId, String(made.toObjectId)], ['0-48', '0-1', '101']);
    const both = await basicApi.createDefault('calls', two, 'contacts', '101');
    assert.deepEqual(both.results.map((r) => r.associationSpec.associationTypeId), [194, 193]);
    const seen = await basicApi.getPage('contacts', '101', 'calls', undefined, 500);
    assert.deepEqual(seen.results.map((r) => String(r.toObjectId)), [one, two]);
    assert.equal(seen.results[0].associationTypes[0].typeId, 193);

    const read = await batchApi.getPage('calls', 'contacts', { inputs: [{ id: one }, { id: '424242' }] });
    assert.equal(read.results[0]._from.id, one);
    assert.equal(read.errors[0].subCategory, 'crm.associations.NO_ASSOCIATIONS_FOUND');
    const companies = { inputs: [{ _from: { id: one }, to: { id: '201' }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 182 }] }] };
    assert.equal((await batchApi.create('calls', 'companies', companies)).results[0].toObjectTypeId, '0-2');
    const [pair] = companies.inputs;
    const some = await batchApi.create('calls', 'companies', { inputs: [pair, { ...pair, to: { id: '424242' } }] });
    assert.deepEqual([some.results.length, some.numErrors, some.errors[0].context.objectId], [1, 1, ['424242']]);
    await batchApi.archiveLabels('calls', 'companies', companies);
    assert.equal((await basicApi.getPage('calls', one, 'companies')).results.length, 0);
    const fallback = await batchApi.createDefault('calls', 'companies', { inputs: [{ _from: { id: one }, to: { id: '201' } }] });
    assert.equal(fallback.results.length, 2);
    await batchApi.archive('calls', 'companies', { inputs: [{ _from: { id: one }, to: [{ id: '201' }] }] });
    assert.equal((await basicApi.getPage('calls', one, 'companies')).results.length, 0);
    await basicApi.archive('calls', one, 'contacts', '101');
    assert.equal((await basicApi.getPage('calls', one, 'contacts')).results.length, 0);

    const labels = schema.definitionsApi;
    const label = (await labels.create('calls', 'contacts', { label: 'Witness', name: 'witness' })).results[0];
    await labels.update('calls', 'contacts', { associationTypeId: label.typeId, label: 'Bystander' });
    const listed = (await labels.getAll('calls', 'contacts')).results;
    assert.deepEqual(listed.map((l) => l.label ?? null), [null, 'Bystander']);
    await labels.remove('calls', 'contacts', label.typeId);

    const v3 = hubspot.crm.associations.batchApi;
    const typed = { inputs: [{ _from: { id: one }, to: { id: '102' }, type: 'call_to_contact' }] };
    assert.equal((await v3.create('calls', 'contacts', typed)).results[0].type, 'call_to_contact');
    assert.equal((await v3.read('calls', 'contacts', { inputs: [{ id: one }] })).results[0].to[0].id, '102');
    await v3.archive('calls', 'contacts', typed);
    const types = await hubspot.crm.associations.schema.typesApi.getAll('calls', 'contacts');
    assert.deepEqual(types.results.map((t) => [t.id, t.name]), [['194', 'call_to_contact']]);

    const wrong = await mock.failure(
      basicApi.create('calls', one, 'contacts', '101', [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 182 }]),
    );
    assert.deepEqual([wrong.code, wrong.body.context.objectType], [400, ['COMPANY']]);
  },

  async owners() {
    const api = hubspot.crm.owners.ownersApi;
    const page = await api.getPage(undefined, undefined, 2, false);
    assert.deepEqual(page.results.map((o) => o.id), ['71', '72']);
    assert.ok(page.results[0].createdAt instanceof Date);
    const rest = await api.getPage(undefined, page.paging.next.after, 2, false);
    assert.deepEqual(rest.results.map((o) => o.id), ['73']);
    assert.equal((await api.getPage('sally@portal.example', undefined, 100, false)).results[0].id, '71');
    assert.equal((await api.getPage(undefined, undefined, 100, true)).results[0].id, '79');
    assert.equal((await api.getById(9071, 'userId', false)).id, '71');
    assert.equal((await mock.failure(api.getById(9071, 'id', false))).code, 404);
  },

  async oauth() {
    const { tokensApi, accessTokensApi, refreshTokensApi } = new Client({ basePath: mock.url }).oauth;
    const { id, secret } = mock.client;
    const first = await tokensApi.create('authorization_code', mock.authorizationCode, 'https://e.example/cb', id, secret);
    assert.deepEqual([first.refreshToken, first.expiresIn, first.tokenType], [mock.refreshToken, 1800, 'bearer']);
    const next = await tokensApi.create('refresh_token', undefined, undefined, id, secret, mock.refreshToken);
    assert.notEqual(next.accessToken, first.accessToken);
    const info = await accessTokensApi.get(next.accessToken);
    assert.equal(info.tokenType, 'access');
    assert.ok(info.expiresIn <= 1800 && info.scopes.includes('crm.objects.contacts.write'));
    assert.equal((await refreshTokensApi.get(mock.refreshToken)).clientId, id);
    const fresh = new Client({ accessToken: next.accessToken, basePath: mock.url });
    assert.deepEqual((await fresh.crm.objects.calls.basicApi.getPage(1)).results, []);
    await refreshTokensApi.archive(mock.refreshToken);
    const dead = await mock.failure(tokensApi.create('refresh_token', undefined, undefined, id, secret, mock.refreshToken));
    assert.deepEqual([dead.code, dead.body.error, dead.body.status], [400, 'invalid_grant', 'BAD_REFRESH_TOKEN']);
    assert.deepEqual((await fresh.crm.objects.calls.basicApi.getPage(1)).results, []);
  },

  async ready() {
    const api = hubspot.crm.extensions.calling.recordingSettingsApi;
    const call = await log({}, contacts);
    assert.equal(await api.markAsReady({ engagementId: Number(call.id) }), undefined);
    assert.equal((await mock.failure(api.markAsReady({ engagementId: 424242 }))).code, 404);
    const missing = await mock.failure(
      hubspot.apiRequest({ method: 'POST', path: '/crm/v3/extensions/calling/recordings/ready', body: {} }).then(async (r) => {
        if (!r.ok) throw Object.assign(new Error('refused'), { code: r.status, body: await r.json() });
      }),
    );
    assert.match(missing.body.message, /Some required fields were not set: \[engagementId\]/);
  },

  // The first request of owners is throttled by the ten seconds' policy, the first of one owner by the second's.
  async retry() {
    const patient = new Client({ accessToken: mock.accessToken, basePath: mock.url, numberOfApiCallRetries: 3 });
    assert.equal((await patient.crm.owners.ownersApi.getById(71)).id, '71');
    assert.equal((await patient.crm.owners.ownersApi.getPage()).results.length, 3);
  },
});
