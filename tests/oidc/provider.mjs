// An OpenID Connect provider for the tests: the real npm package on a free port of this machine, with people of the demo, and levers to
// make it misbehave. `node provider.mjs` prints its issuer; it ends when its standard input does.
//
// GET /control tells what was asked of it; POST /control moves the levers (see `levers`); `rotate` gives it new keys.

import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { CompactSign, decodeJwt, decodeProtectedHeader, importJWK, UnsecuredJWT } from 'jose';
import { Provider } from 'oidc-provider';

const CLIENT = { id: 'terrein', secret: 'a secret of the tests, and only theirs' };

// What a test may change. `people`: by user name, the claims beside `sub`.
const levers = {
  people: {},
  // Claims in the ID token instead of at the userinfo endpoint.
  claimsInToken: false,
  // Changes to the ID token before it is signed (null takes a claim away); "sign": "other", "none" or "secret" signs it wrongly.
  token: null,
  sign: null,
  // Changes to what it says of itself.
  metadata: null,
  // Seconds that its clock is ahead.
  skew: 0,
  // Paths that answer 503, or too much, or too late.
  down: [],
  large: [],
  slow: [],
  // What userinfo says beside the person's claims.
  userinfo: null,
};
const asked = {};

const now = Date.now.bind(Date);
Date.now = () => now() + levers.skew * 1000;

let keys = newKeys();
function newKeys() {
  const kid = randomUUID();
  return {
    kid,
    jwk: {
      ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
      kid,
      alg: 'RS256',
      use: 'sig',
    },
  };
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
let provider = newProvider();

function newProvider() {
  const made = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: ['http://127.0.0.1/'],
      },
    ],
    jwks: { keys: [keys.jwk] },
    cookies: { keys: ['a key of the tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
    // As Entra ID and Keycloak do when it is off; as the standard says when it is on.
    conformIdTokenClaims: !levers.claimsInToken,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    ttl: {
      Session: 3600,
      Grant: 3600,
      Interaction: 600,
      AccessToken: 600,
      AuthorizationCode: 120,
      IdToken: 300,
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...levers.people[sub] }) }),
    // Nobody is asked what an own organisation may tell.
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc;
      const grant = new made.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  // The server under test has another port each time.
  made.Client.prototype.redirectUriAllowed = (uri) =>
    /^http:\/\/(127\.0\.0\.1|localhost):\d+\/sign-in\/oidc\/[a-z]+\/callback$/.test(uri);
  made.use(async (context, next) => {
    await next();
    const body = context.body;
    if (context.oidc?.route === 'discovery' && levers.metadata)
      context.body = { ...body, ...levers.metadata };
    if (context.oidc?.route === 'userinfo' && levers.userinfo) context.body = { ...body, ...levers.userinfo };
    if (context.oidc?.route === 'token' && body?.id_token && (levers.token || levers.sign))
      context.body = { ...body, id_token: await tampered(body.id_token) };
  });
  return made;
}

async function tampered(token) {
  const claims = { ...decodeJwt(token), ...levers.token };
  for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name];
  if (levers.sign === 'none') return new UnsecuredJWT(claims).encode();
  const header = decodeProtectedHeader(token);
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  if (levers.sign === 'secret')
    return new CompactSign(bytes)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(CLIENT.secret));
  const key = await importJWK(levers.sign === 'other' ? newKeys().jwk : keys.jwk, 'RS256');
  return new CompactSign(bytes).setProtectedHeader(header).sign(key);
}

async function handle(request, response) {
  const path = new URL(request.url, issuer).pathname;
  if (path === '/control') return control(request, response);
  asked[path] = (asked[path] ?? 0) + 1;
  if (levers.down.includes(path)) {
    response.statusCode = 503;
    return response.end();
  }
  if (levers.large.includes(path)) {
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ filling: 'x'.repeat(4 * 1024 * 1024) }));
  }
  if (levers.slow.includes(path)) await new Promise((resolve) => setTimeout(resolve, 20_000));
  if (path.startsWith('/interaction/')) return interaction(request, response);
  return provider.callback()(request, response);
}

async function control(request, response) {
  if (request.method === 'POST') {
    const { rotate, ...moved } = JSON.parse(await bodyOf(request));
    if (rotate) keys = newKeys();
    Object.assign(levers, moved);
    if (rotate || 'claimsInToken' in moved) provider = newProvider();
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ asked }));
}

// The provider's own page: a user name, and no password, for these people do not exist.
async function interaction(request, response) {
  const { prompt } = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    const form = new URLSearchParams(await bodyOf(request));
    const login = form.get('login');
    const result =
      form.has('refuse') || !(login in levers.people)
        ? { error: 'access_denied', error_description: 'not today' }
        : { login: { accountId: login } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Organisation of the tests</title>
    <h1>Organisation of the tests</h1><form method="post">
    <label>User name <input name="login" autocomplete="off" required></label>
    <button name="enter" data-prompt="${prompt.name}">Sign in</button>
    <button name="refuse" value="1" formnovalidate>Cancel</button></form></html>`);
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
console.log(`issuer ${issuer}`);
