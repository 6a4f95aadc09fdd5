'use strict';
/**
 * Preloaded into a process under test (`node --require watch.cjs`): refuses every connection and name look-up that
 * leaves the loopback interface, and writes each into a journal, together with the access key ids that requests carry and
 * whether a signature was made with a secret that is not ours. Every Node process that the watched one starts is watched too,
 * whatever environment it is given: the watch needs no door in the code under test.
 *
 * TIDEGATE_WATCH_JOURNAL names the journal: one JSON object a line, `{ kind, value, program }`.
 */
const childProcess = require('node:child_process');
const crypto = require('node:crypto');
const dns = require('node:dns');
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const net = require('node:net');
const path = require('node:path');

// Read once: the code under test may clear its own environment.
const JOURNAL = process.env.TIDEGATE_WATCH_JOURNAL;
if (!JOURNAL) throw new Error('TIDEGATE_WATCH_JOURNAL: expected the path of the journal, found nothing.');
const PRELOAD = `--require ${JSON.stringify(__filename)}`;
const OWN_SECRETS = new Set(['developer', 'embedded', 'secret']);
const LOCAL_NAMES = new Set(['localhost', '', '::1', '::']);

function record(kind, value) {
  const program = path.basename(process.argv[1] ?? process.argv0);
  fs.appendFileSync(JOURNAL, `${JSON.stringify({ kind, value, program })}\n`);
}

const isLoopback = (host) => LOCAL_NAMES.has(host) || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(host);

/** The target of `socket.connect(...)`, in any of its forms; undefined for a pipe. */
function targetOf(values) {
  const [first, second] = Array.isArray(values[0]) ? values[0] : values;
  if (typeof first === 'object' && first !== null) {
    return first.path ? undefined : { host: first.host ?? '', port: first.port };
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return undefined;
  return { host: typeof second === 'string' ? second : '', port: first };
}

function refusal(target) {
  return Object.assign(new Error(`connect ECONNREFUSED ${target} (refused by the watch)`), { code: 'ECONNREFUSED' });
}

/** Sockets of the network: pipes to children, which carry source code among other things, are none. */
const connected = new WeakSet();
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function watchedConnect(...values) {
  const target = targetOf(values);
  if (!target || isLoopback(target.host)) {
    if (target) connected.add(this);
    return Reflect.apply(connect, this, values);
  }
  const text = `${target.host}:${target.port}`;
  record('connection', text);
  process.nextTick(() => this.destroy(refusal(text)));
  return this;
};

const { write } = net.Socket.prototype;
net.Socket.prototype.write = function watchedWrite(chunk, ...rest) {
  if (connected.has(this) && (typeof chunk === 'string' || chunk instanceof Uint8Array)) {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
    for (const [, key] of text.matchAll(/(?:Credential=|X-Amz-Credential=)([^/%,\s]+)/gi)) record('key', key);
    for (const [, token] of text.matchAll(/x-amz-security-token: ?(\S+)/gi)) record('token', token);
  }
  return Reflect.apply(write, this, [chunk, ...rest]);
};

// AWS's signatures start from `AWS4<secret>`, so that also a request which is never sent gives itself away.
const { createHmac } = crypto;
crypto.createHmac = function watchedHmac(algorithm, secret, ...rest) {
  const text = typeof secret === 'string' || secret instanceof Uint8Array ? Buffer.from(secret).toString('latin1') : '';
  if (text.startsWith('AWS4') && !OWN_SECRETS.has(text.slice(4)))
    record('foreign signature', 'a secret that is not ours');
  return createHmac(algorithm, secret, ...rest);
};

for (const [module, isPromise] of [
  [dns, false],
  [dns.promises, true],
]) {
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
    const ask = module[name];
    module[name] = function watchedLookup(host, ...rest) {
      if (isLoopback(host) || net.isIP(host)) return Reflect.apply(ask, this, [host, ...rest]);
      record('look-up', host);
      const error = Object.assign(new Error(`queryA ENOTFOUND ${host} (refused by the watch)`), { code: 'ENOTFOUND' });
      if (isPromise) return Promise.reject(error);
      process.nextTick(() => rest.at(-1)(error));
      return undefined;
    };
  }
}

/** The variables by which a child is watched, over those that it is given. Who watches a child of its own has a journal for it. */
const watchedPairs = (pairs) => {
  const given = (name) => pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  const others = pairs.filter((pair) => !/^(NODE_OPTIONS|TIDEGATE_WATCH_JOURNAL)=/.test(pair));
  const options = given('NODE_OPTIONS') ?? '';
  return [
    ...others,
    `NODE_OPTIONS=${options.includes(PRELOAD) ? options : `${options} ${PRELOAD}`.trim()}`,
    `TIDEGATE_WATCH_JOURNAL=${given('TIDEGATE_WATCH_JOURNAL') ?? JOURNAL}`,
  ];
};

const { spawn } = childProcess.ChildProcess.prototype;
childProcess.ChildProcess.prototype.spawn = function watchedSpawn(options) {
  return Reflect.apply(spawn, this, [{ ...options, envPairs: watchedPairs(options.envPairs ?? []) }]);
};

for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
  const start = childProcess[name];
  childProcess[name] = (...values) => {
    const last = values.at(-1);
    const options = typeof last === 'object' && last !== null && !Array.isArray(last) ? values.pop() : {};
    const pairs = Object.entries(options.env ?? process.env).map(([key, value]) => `${key}=${value}`);
    const env = Object.fromEntries(watchedPairs(pairs).map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
    return start(...values, { ...options, env });
  };
}

syncBuiltinESMExports();
