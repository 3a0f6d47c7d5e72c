// Sources of the front end -> src/yteso/web/static/dist: one style sheet, one script, typefaces, one icon sprite, the
// mark; each named by its content's hash, listed in manifest.json. Nothing is fetched; `npm ci` has run before.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { drum } from "./drum.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "src", "yteso", "web", "static", "dist");
const JS_BUDGET = 40 * 1024;
const BROWSERS = ["chrome109", "firefox115", "safari16"];

const darkValues = {
  name: "dark-values",
  setup(builder) {
    // The dark values are written once and placed twice: under the system's wish and under the user's choice.
    builder.onLoad({ filter: /tokens\.css$/ }, async ({ path }) => {
      const light = await readFile(path, "utf8");
      const body = (await readFile(join(dirname(path), "dark.css"), "utf8")).match(/:root \{([^}]*)\}/)[1];
      const system = `@media screen and (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {${body}} }`;
      const chosen = `@media screen { :root[data-theme="dark"] {${body}} }`;
      return { contents: `${light}\n${system}\n${chosen}`, loader: "css" };
    });
  },
};

async function bundle() {
  const shared = { bundle: true, minify: true, write: false, outdir: out, target: BROWSERS, legalComments: "none" };
  const js = await build({ ...shared, entryPoints: [join(here, "js/app.js")], format: "iife", entryNames: "[name]-[hash]" });
  const css = await build({
    ...shared,
    entryPoints: [join(here, "css/app.css")],
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file" },
    plugins: [darkValues],
  });
  return [...js.outputFiles, ...css.outputFiles].map(({ path, contents }) => ({
    name: path.slice(out.length + 1),
    contents: Buffer.from(contents),
  }));
}

async function sprite() {
  const wanted = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const symbols = await Promise.all(
    wanted.map(async (name) => {
      const svg = await readFile(join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf8");
      const inner = svg.replace(/<!--[\s\S]*?-->/, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "");
      return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
    }),
  );
  return hashed("icons.svg", Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`));
}

function hashed(name, contents) {
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 8);
  return { name: name.replace(/(\.\w+)$/, `-${hash}$1`), contents };
}

async function images() {
  const folder = join(here, "images");
  const names = await readdir(folder);
  return Promise.all(names.map(async (name) => hashed(name, await readFile(join(folder, name)))));
}

const files = [...(await bundle()), await sprite(), hashed("drum.svg", Buffer.from(drum())), ...(await images())];
const script = files.find(({ name }) => name.endsWith(".js"));
const size = gzipSync(script.contents, { level: 9 }).length;
if (size > JS_BUDGET) throw new Error(`${script.name} is ${size} bytes gzipped, the budget is ${JS_BUDGET}`);

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all(files.map(({ name, contents }) => writeFile(join(out, name), contents)));
const manifest = Object.fromEntries(files.map(({ name }) => [name.replace(/-[0-9A-Za-z]{8}(\.\w+)$/, "$1"), name]).sort());
await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`${files.length} files, script ${(size / 1024).toFixed(1)} KB gzipped of ${JS_BUDGET / 1024} KB -> ${out}`);
