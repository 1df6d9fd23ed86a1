// Usage: node compile.js FOLDER IMPORT_PATH SCHEMA...
// Python code goes to FOLDER; what could not be compiled, and why, to standard output as JSON. IMPORT_PATH is a list
// of folders with ':' between them.
const fs = require('fs');
const path = require('path');
const compiler = require('kaitai-struct-compiler');
const yaml = require('js-yaml');

// The compiler's JavaScript build takes a number of YAML for a double, and some whole doubles for fractions. Expressions
// are text to it, and exact: what does not fit in 31 bits is handed over as text.
const exactInt = new yaml.Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: text => /^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|0|[1-9][0-9_]*)$/.test(text),
  construct: text => {
    const digits = text.replace(/[_+-]/g, '');
    const value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
    return value >= -(2n ** 31n) && value < 2n ** 31n ? Number(value) : value.toString();
  },
});
const schemaOfYaml = yaml.FAILSAFE_SCHEMA.extend({
  implicit: [yaml.types.null, yaml.types.bool, exactInt, yaml.types.float],
});

function load(file) {
  return yaml.load(fs.readFileSync(file, 'utf8'), { schema: schemaOfYaml });
}

async function compile(file, folder, importPath) {
  const importer = {
    importYaml: async (name, mode) => {
      const folders = mode === 'abs' ? importPath : [path.dirname(file)];
      const found = folders.map(each => path.join(each, `${name}.ksy`)).find(each => fs.existsSync(each));
      if (!found) throw new Error(`no ${name}.ksy in ${folders.length} folders`);
      return load(found);
    },
  };
  // With debug on, an object is kept when reading it fails, and says how far it came.
  const generated = await compiler.compile('python', load(file), importer, true);
  for (const [name, source] of Object.entries(generated)) {
    fs.writeFileSync(path.join(folder, name), source);
  }
}

async function main(folder, importPath, files) {
  const refused = {};
  for (const file of files) {
    try {
      await compile(file, folder, importPath);
    } catch (error) {
      refused[file] = String(error.message ?? error).trim();
    }
  }
  console.log(JSON.stringify(refused));
}

main(process.argv[2], process.argv[3].split(':'), process.argv.slice(4)).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
