import t from 'tap'
import { parseGateway } from '../../../lib/cli/line/parsers.js'
import { writtenAddress } from '../../../lib/domain/written-address.js'

t.test('an address is written so that host and port can be told apart, and reads back', async t => {
  for (const text of ['127.0.0.1:443', 'proxy.ci.test:8443', '[::1]:443', '[fd00::2]:8443'])
    t.equal(writtenAddress(parseGateway(text, '/')), text)
})
