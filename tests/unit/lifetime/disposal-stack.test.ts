import t from 'tap'
import { DisposalStack, type UndoFailure } from '../../../lib/lifetime/disposal-stack.js'

t.test('undo runs in reverse order, and a failing step never stops the next', async t => {
  const failures: UndoFailure[] = []
  const order: string[] = []
  const stack = new DisposalStack(failure => failures.push(failure))
  stack.add('first', () => void order.push('first'))
  stack.add('broken', () => {
    throw new Error('cannot undo')
  })
  stack.add('rejecting', async () => {
    throw new Error('cannot undo either')
  })
  stack.add('last', async () => void order.push('last'))
  await stack.disposeAsync()
  t.strictSame(order, ['last', 'first'])
  t.strictSame(
    failures.map(({ name }) => name),
    ['rejecting', 'broken'],
  )
})

t.test('whoever asks again waits for the same end, and nothing is undone twice', async t => {
  let undone = 0
  const stack = new DisposalStack(() => t.fail('nothing fails here'))
  stack.add('slow', async () => {
    await new Promise(resolve => setTimeout(resolve, 10))
    undone++
  })
  await Promise.all([stack.disposeAsync(), stack.disposeAsync(), stack[Symbol.asyncDispose]()])
  t.equal(undone, 1)
})

t.test('what is added while or after undoing is undone as well', async t => {
  const order: string[] = []
  const stack = new DisposalStack(() => t.fail('nothing fails here'))
  stack.add('adds another', () => {
    order.push('adds another')
    stack.add('late', () => void order.push('late'))
  })
  await stack.disposeAsync()
  stack.add('very late', () => void order.push('very late'))
  await stack.disposeAsync()
  t.strictSame(order, ['adds another', 'late', 'very late'])
})

t.test('a stack in an await using block is undone at its end', async t => {
  const order: string[] = []
  {
    await using stack = new DisposalStack(() => t.fail('nothing fails here'))
    stack.add('undo', () => void order.push('undo'))
    order.push('work')
  }
  t.strictSame(order, ['work', 'undo'])
})
