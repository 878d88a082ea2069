// Holds dashboards against the types that Grafana publishes: node dashboards.mjs FILE…
// Each file becomes a constant of the type of a dashboard, each panel's options and custom fields
// constants of the types of its kind, and the compiler says what does not fit.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const kinds = {
  bargauge: "BarGauge",
  heatmap: "Heatmap",
  stat: "Stat",
  "state-timeline": "StateTimeline",
  table: "Table",
  timeseries: "TimeSeries",
};
const withFields = ["heatmap", "state-timeline", "timeseries"];

const here = dirname(fileURLToPath(import.meta.url));
const work = join(here, "node_modules", ".dashboards");
mkdirSync(work, { recursive: true });

const lines = [
  'import type { Dashboard } from "@grafana/schema";',
  // enumerations are written as their values in JSON
  "type Plain<T> = unknown extends T ? T : T extends string ? `${T}` : T extends number | boolean | null | undefined ? T",
  "  : T extends (infer U)[] ? Plain<U>[] : { [K in keyof T]: Plain<T[K]> };",
];
for (const [kind, name] of Object.entries(kinds)) {
  const folder = kind.replace("-", "");
  lines.push(
    `import type * as ${name} from "@grafana/schema/dist/esm/raw/composable/${folder}/panelcfg/x/${name}PanelCfg_types.gen";`,
  );
}
const panelsOf = (panels) => panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])]);
for (const file of process.argv.slice(2)) {
  const dashboard = JSON.parse(readFileSync(file, "utf8"));
  const name = basename(file, ".json");
  lines.push(`export const ${name}: Plain<Dashboard> = ${JSON.stringify(dashboard)};`);
  for (const panel of panelsOf(dashboard.panels)) {
    if (panel.type === "row") continue;
    const kind = kinds[panel.type];
    if (!kind) throw new Error(`${name}: nothing is known of panels of type ${panel.type}`);
    lines.push(`// ${name}: ${panel.title}`);
    lines.push(`export const ${name}${panel.id}: Plain<${kind}.Options> = ${JSON.stringify(panel.options)};`);
    if (withFields.includes(panel.type)) {
      const custom = JSON.stringify(panel.fieldConfig.defaults.custom);
      lines.push(`export const ${name}${panel.id}Fields: Plain<${kind}.FieldConfig> = ${custom};`);
    }
  }
}
const source = join(work, "dashboards.ts");
writeFileSync(source, `${lines.join("\n")}\n`);
const options = ["--noEmit", "--strict", "--typeRoots", work, "--skipLibCheck", "--module", "esnext", "--moduleResolution", "bundler"];
const compiler = join(here, "node_modules", "typescript", "bin", "tsc");
try {
  execFileSync(process.execPath, [compiler, ...options, source], { encoding: "utf8", stdio: "pipe" });
} catch (failed) {
  const text = readFileSync(source, "utf8").split("\n");
  for (const line of failed.stdout.split("\n")) {
    const at = /\((\d+),\d+\): (.*)/.exec(line);
    console.error(at ? `${text[at[1] - 2]?.slice(0, 80)}: ${at[2]}` : line);
  }
  process.exit(1);
}
