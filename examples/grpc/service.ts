/** The service Files, with messages in JSON. With Protocol Buffers, what `protoc` or `@grpc/proto-loader` makes takes its place. */
import type { MethodDefinition } from '@grpc/grpc-js'

/** What is asked for. */
export interface FileRequest {
  readonly key: string
}
/** The answer. */
export interface File {
  readonly name: string
  readonly readBy: string
}

const write = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
/** Protocol Buffers check the types of fields; JSON does not, and what is no text is refused by the engine. */
const read = (bytes: Buffer): never => JSON.parse(bytes.toString()) as never

const get: MethodDefinition<FileRequest, File> = {
  ...{ path: '/Files/Get', requestStream: false, responseStream: false },
  ...{ requestSerialize: write, requestDeserialize: read, responseSerialize: write, responseDeserialize: read },
}
/** All methods. */
export const files = { get }
