import { readFileSync } from 'node:fs'
import ts from 'typescript'

export type Field = { readonly name: string; readonly type: string; readonly optional: boolean }

/** The alternatives of a union type, or the one object of a type, as the source file writes them. */
export function fieldsOf(path: string, typeName: string): readonly (readonly Field[])[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  const found = source.statements.find(
    (statement): statement is ts.TypeAliasDeclaration =>
      ts.isTypeAliasDeclaration(statement) && statement.name.text === typeName,
  )
  if (found === undefined) throw new RangeError(`Cannot find the type "${typeName}" in "${path}"`)
  const parts = ts.isUnionTypeNode(found.type) ? found.type.types : [found.type]
  return parts.map(part => {
    if (!ts.isTypeLiteralNode(part)) throw new TypeError(`"${typeName}" holds more than objects`)
    return part.members.map(member => fieldOf(member, source))
  })
}

function fieldOf(member: ts.TypeElement, source: ts.SourceFile): Field {
  if (!ts.isPropertySignature(member) || !ts.isIdentifier(member.name) || member.type === undefined)
    throw new TypeError(`Not a plain field: ${member.getText(source)}`)
  const type = member.type
    .getText(source)
    .replace(/\breadonly /g, '')
    .replace(/\s+/g, ' ')
  return { name: member.name.text, type, optional: member.questionToken !== undefined }
}
