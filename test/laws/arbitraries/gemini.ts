/** Gemini: https://ai.google.dev/api/generate-content */
import fc, { type Arbitrary } from 'fast-check'
import {
  callId,
  conversation,
  imageData,
  input,
  is,
  links,
  many,
  object,
  prose,
  schema,
  text,
  toolName,
  unknown,
  value,
  type Json,
} from './common.ts'

const signature = is('CiQBVKhc7ig=', 'CiQB')
const signed = { thoughtSignature: signature, ...unknown }
const textPart = object({ text }, unknown)
const inline = object(
  {
    inlineData: object(
      { mimeType: is('image/png', 'application/pdf', 'audio/wav', 'text/plain', 'video/mp4'), data: imageData },
      { displayName: prose },
    ),
  },
  unknown,
)
const linked = object(
  { fileData: object({ fileUri: links }, { mimeType: is('image/png', 'application/pdf') }) },
  { mediaResolution: is({ level: 'MEDIA_RESOLUTION_LOW' }) },
)
const userPart = fc.oneof({ weight: 4, arbitrary: textPart }, inline, linked)
const code = is<Json[]>([
  { executableCode: { language: 'PYTHON', code: 'print(1)' } },
  { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
])
const call = (id: string) => object({ functionCall: object({ name: toolName }, { id: is(id), args: input }) }, signed)
const spoken = (ids: string[]) =>
  fc
    .tuple(
      many(object({ text, thought: is(true) }, signed), 1),
      many(object({ text }, signed), 2),
      fc.oneof({ weight: 3, arbitrary: is<Json[]>([]) }, code),
      fc.tuple(...ids.map(call)),
    )
    .map((lists) => lists.flat())
const response = fc.oneof(
  object({ output: text }),
  object({ error: text }),
  object({ result: value }),
  fc.dictionary(is('a', 'b', 'output'), value, { maxKeys: 2, noNullPrototype: true }) as Arbitrary<Json>,
)
const answer = (id: string) =>
  object({
    functionResponse: object(
      { name: toolName, response },
      {
        id: is(id),
        scheduling: is('SILENT'),
        parts: many(object({ inlineData: object({ mimeType: is('image/png'), data: imageData }) }), 1),
      },
    ),
  })
const contents = conversation<Json>({
  ask: object({ parts: many(userPart, 3, 1) }, { role: is('user') }),
  answer: (ids) => spoken(ids).map((parts) => (parts.length ? [{ role: 'model', parts }] : [])),
  results: (ids) =>
    fc.tuple(fc.tuple(...ids.map(answer)), many(userPart, 1)).map(([results, more]) => [{ role: 'user', parts: [...results, ...more] }]),
})

const openApi = is<Json>(
  {
    type: 'OBJECT',
    properties: { n: { type: 'INTEGER', minimum: 1 }, list: { type: 'ARRAY', items: { type: 'STRING' }, maxItems: '3' } },
    required: ['n'],
  },
  {
    type: 'OBJECT',
    properties: { city: { type: 'STRING', nullable: true, enum: ['a', 'b'], format: 'enum' } },
    propertyOrdering: ['city'],
  },
)
const declaration = fc.oneof(
  object({ name: toolName }, { description: text, parametersJsonSchema: schema, ...unknown }),
  object({ name: toolName }, { description: text, parameters: openApi, behavior: is('BLOCKING') }),
)
const tool = fc.oneof(
  { weight: 3, arbitrary: object({ functionDeclarations: many(declaration) }) },
  object({ googleSearch: is<Json>({}, { excludeDomains: ['example.com'] }) }),
  is<Json>({ codeExecution: {} }, { urlContext: {} }, { googleMaps: {} }, { googleSearch: {}, codeExecution: {} }),
)
const toolConfig = object(
  {},
  {
    functionCallingConfig: object({}, { mode: is('AUTO', 'ANY', 'NONE', 'VALIDATED'), allowedFunctionNames: many(toolName, 2) }),
    retrievalConfig: is({ languageCode: 'de' }),
  },
)
const generationConfig = object(
  {},
  {
    temperature: is(0, 0.5, 1.7),
    topP: is(0.9, 1),
    topK: is(1, 64),
    maxOutputTokens: is(1, 500),
    stopSequences: many(is('END', 'STOP', 'x', '\n', 'y'), 5),
    seed: is(0, 3),
    presencePenalty: is(0, 0.5),
    frequencyPenalty: is(0, -0.5),
    candidateCount: is(1, 2),
    responseLogprobs: fc.boolean(),
    logprobs: is(0, 3),
    responseMimeType: is('text/plain', 'application/json', 'text/x.enum'),
    responseSchema: openApi,
    responseJsonSchema: schema,
    responseModalities: is(['TEXT'], ['TEXT', 'IMAGE']),
    thinkingConfig: object(
      {},
      { includeThoughts: fc.boolean(), thinkingBudget: is(-1, 0, 1024, 30_000), thinkingLevel: is('MINIMAL', 'LOW', 'MEDIUM', 'HIGH') },
    ),
    mediaResolution: is('MEDIA_RESOLUTION_LOW'),
    speechConfig: is({ languageCode: 'de' }),
    ...unknown,
  },
)

const SNAKE = new Set([
  'systemInstruction',
  'generationConfig',
  'toolConfig',
  'inlineData',
  'mimeType',
  'functionCall',
  'functionDeclarations',
  'maxOutputTokens',
  'thinkingConfig',
  'thoughtSignature',
])
/** Some names in the other spelling that Google takes. */
const snake = (body: unknown): unknown =>
  Array.isArray(body)
    ? body.map(snake)
    : body && typeof body === 'object'
      ? Object.fromEntries(
          Object.entries(body).map(([key, item]) => [
            SNAKE.has(key) ? key.replace(/[A-Z]/g, (char) => `_${char.toLowerCase()}`) : key,
            key === 'args' || key === 'response' || key.endsWith('chema') ? item : snake(item),
          ]),
        )
      : body

const camel: Arbitrary<Json> = object(
  { contents },
  {
    systemInstruction: object({ parts: many(textPart, 2, 1) }, { role: is('user', 'system') }),
    generationConfig,
    tools: many(tool, 2),
    toolConfig,
    safetySettings: is([{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }]),
    cachedContent: is('cachedContents/1'),
    labels: is<Json>({ team: 'x' }, {}),
    serviceTier: is('flex', 'standard', 'priority', 'unspecified'),
    ...unknown,
  },
)
export const request: Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: camel },
  camel.map((body) => snake(body) as Json),
)

const usageMetadata = object(
  { promptTokenCount: is(112), totalTokenCount: is(119) },
  { cachedContentTokenCount: is(0, 100), candidatesTokenCount: is(5, 7), thoughtsTokenCount: is(0, 2) },
)
const words = many(fc.oneof(object({ text: prose }, { thoughtSignature: signature }), object({ text: prose, thought: is(true) })), 3)
const calls = many(object({ functionCall: object({ name: toolName, args: input }, { id: callId }) }, { thoughtSignature: signature }))
const whole = (parts: Json[], finishReason: string, counted: Json) => ({
  candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
  usageMetadata: counted,
  modelVersion: 'gemini-3-pro',
  responseId: 'r1',
})
export const reply: Arbitrary<Json> = fc.oneof(
  fc
    .tuple(words, is('STOP', 'MAX_TOKENS', 'SAFETY', 'RECITATION'), usageMetadata)
    .map(([parts, end, counted]) => whole(parts, end, counted)),
  fc.tuple(words, calls, usageMetadata).map(([parts, made, counted]) => whole([...parts, ...made], 'STOP', counted)),
)
