"""Validates JUnit files against the schema that an archive carries: validate.py ARCHIVE FILE…; says what is wrong where."""

import sys
import tarfile

from lxml import etree

archive, *files = sys.argv[1:]
with tarfile.open(archive) as packed:
    (name,) = [name for name in packed.getnames() if name.endswith("/junit-10.xsd")]
    schema = etree.XMLSchema(etree.parse(packed.extractfile(name)))
wrong = []
for file in files:
    try:
        schema.assertValid(etree.parse(file))
    except (etree.XMLSyntaxError, etree.DocumentInvalid) as error:
        wrong += [f"{file}:{entry.line}: {entry.message}" for entry in error.error_log]
print("\n".join(wrong))
sys.exit(bool(wrong))
