// What every script needs: the mock's address and credentials, and a way to run one part by its name.
'use strict';
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

exports.url = need('MOCK_URL');
exports.accessToken = need('MOCK_ACCESS_TOKEN');
exports.developerKey = need('MOCK_DEVELOPER_KEY');
exports.appId = Number(need('MOCK_APP_ID'));
exports.client = { id: need('MOCK_CLIENT_ID'), secret: need('MOCK_CLIENT_SECRET') };
exports.refreshToken = need('MOCK_REFRESH_TOKEN');
exports.authorizationCode = need('MOCK_AUTHORIZATION_CODE');

/** Runs the part that the command line names. */
exports.run = (parts) => {
  const part = parts[process.argv[2]];
  if (!part) throw new Error(`no part ${process.argv[2]}; there are ${Object.keys(parts)}`);
  part().then(
    () => console.log(`${process.argv[2]}: as expected`),
    (error) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
};

/** The error with which something failed; its absence is one. */
exports.failure = async (promise) => {
  let result;
  try {
    result = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`it did not fail: ${JSON.stringify(result)}`);
};

exports.call = (more = {}) => ({
  hs_timestamp: '2023-10-27T10:00:00Z',
  hs_call_title: 'Example Call',
  hs_call_source: 'INTEGRATIONS_PLATFORM',
  hs_call_status: 'COMPLETED',
  hs_call_app_id: String(exports.appId),
  hs_call_external_id: 'test-call-01',
  hs_call_external_account_id: 'test-account-01',
  hs_call_duration: '60000',
  ...more,
});

/** The type of link from a call to a contact. */
exports.CALL_TO_CONTACT = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 194 };
