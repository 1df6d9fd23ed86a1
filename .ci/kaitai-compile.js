// Usage: node kaitai-compile.js FOLDER, in the root of the repository. Generated code goes to FOLDER.
const fs = require('fs');
const path = require('path');
const compiler = require('kaitai-struct-compiler');
const yaml = require('js-yaml');
const KaitaiStream = require('kaitai-struct/KaitaiStream');

// Which schema a file of the corpus belongs to.
const schemaOf = { 'definitions.bin': 'type_definitions', 'channel.bin': 'channel_file' };

function filesBelow(folder, extension) {
  return fs.readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith(extension))
    .map(name => path.join(folder, name))
    .sort();
}

async function compile(schema, folder) {
  const spec = yaml.load(fs.readFileSync(schema, 'utf8'));
  // Absolute names begin below schemas/, others beside the file that imports; no import of ours imports in turn.
  const importer = {
    importYaml: async (name, mode) => {
      const base = mode === 'abs' ? 'schemas' : path.dirname(schema);
      return yaml.load(fs.readFileSync(path.join(base, `${name}.ksy`), 'utf8'));
    },
  };
  const generated = await compiler.compile('javascript', spec, importer, false);
  for (const [name, source] of Object.entries(generated)) {
    fs.writeFileSync(path.join(folder, name), source);
  }
  const [name] = Object.keys(generated);
  const module = require(path.join(folder, name));
  return [spec.meta.id, module[path.basename(name, '.js')]];
}

// Instances are lazy: a file is only read as a whole when each has been asked for.
function force(value, seen) {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value) || seen.has(value)) return;
  seen.add(value);
  const getters = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(value)))
    .filter(([, property]) => property.get)
    .map(([name]) => name);
  const names = Object.keys(value).filter(name => !name.startsWith('_'));
  for (const name of Array.isArray(value) ? names : names.concat(getters)) force(value[name], seen);
}

async function main(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  let failures = 0;
  const attempt = async (what, action) => {
    try {
      return await action();
    } catch (error) {
      failures += 1;
      console.log(`failed: ${what}: ${error.message ?? error}`);
    }
  };

  const parsers = {};
  const schemas = [...filesBelow('schemas', '.ksy'), ...filesBelow(path.join('fuzz', 'driver'), '.ksy')];
  for (const schema of schemas) {
    const compiled = await attempt(schema, () => compile(schema, folder));
    if (compiled) parsers[compiled[0]] = compiled[1];
  }
  const contents = filesBelow(path.join('corpus', 'channel', 'valid'), '.bin');
  for (const file of contents) {
    await attempt(file, () => {
      const Parser = parsers[schemaOf[path.basename(file)]];
      if (!Parser) throw new Error('no compiled schema for it');
      const bytes = new Uint8Array(fs.readFileSync(file)).buffer;
      force(new Parser(new KaitaiStream(bytes)), new Set());
    });
  }

  console.log(`${schemas.length} schemas and ${contents.length} valid files tried, ${failures} failures`);
  if (failures > 0 || schemas.length === 0 || contents.length === 0) process.exitCode = 1;
}

main(path.resolve(process.argv[2])).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
