import type { JsonObject } from '../../../src/core/json.ts'
import { row, type Row, type Section } from '../row.ts'

const PNG = 'iVBORw0KGgo='
const ask = { role: 'user', parts: [{ text: 'Hi' }] }
const base = { contents: [ask] }
const declared = { name: 'look', description: 'Look.', parametersJsonSchema: { type: 'object', properties: { at: { type: 'string' } } } }
const tools = [{ functionDeclarations: [declared] }]

const field = (name: string, value: unknown, more: JsonObject = {}): Row => row(name, { ...base, ...more, [name]: value }, `/${name}`)
const setting = (name: string, value: unknown, more: JsonObject = {}): Row =>
  row(name, { ...base, generationConfig: { [name]: value, ...more } }, `/generationConfig/${name}`)
const said = (name: string, part: JsonObject, path = ''): Row =>
  row(name, { contents: [{ role: 'user', parts: [part, { text: 'Hi' }] }] }, `/contents/0/parts/0${path}`)
const model = (name: string, part: JsonObject, path = ''): Row =>
  row(name, { contents: [ask, { role: 'model', parts: [part, { text: 'Yes.' }] }, ask] }, `/contents/1/parts/0${path}`)
const thinking = (name: string, config: JsonObject): Row =>
  row(
    `thinkingConfig.${name}`,
    { ...base, generationConfig: { thinkingConfig: config } },
    `/generationConfig/thinkingConfig/${name.split(':')[0]}`,
  )
const offered = (name: string, one: JsonObject): Row => row(name, { ...base, tools: [one] }, `/tools/0/${name}`)
const choice = (name: string, config: JsonObject): Row =>
  row(
    `functionCallingConfig: ${name}`,
    { ...base, tools: [{ functionDeclarations: [declared, { name: 'now' }] }], toolConfig: { functionCallingConfig: config } },
    '/toolConfig/functionCallingConfig',
  )
const call = { functionCall: { id: 'c1', name: 'look', args: { at: 'a' } } }
const answered = (name: string, response: JsonObject, more: JsonObject = {}, path = ''): Row =>
  row(
    name,
    {
      contents: [
        ask,
        { role: 'model', parts: [call] },
        { role: 'user', parts: [{ functionResponse: { id: 'c1', name: 'look', response, ...more } }] },
      ],
      tools,
    },
    `/contents/2/parts/0/functionResponse${path}`,
  )

export const gemini: Section[] = [
  {
    title: 'Settings',
    rows: [
      field('systemInstruction', { parts: [{ text: 'Be brief.' }] }),
      setting('maxOutputTokens', 500),
      setting('temperature', 0.5),
      { ...setting('temperature', 1.5), name: 'temperature above 1' },
      setting('topP', 0.9),
      setting('topK', 40),
      setting('seed', 7),
      setting('stopSequences', ['END']),
      setting('presencePenalty', 0.5),
      setting('frequencyPenalty', 0.5),
      setting('candidateCount', 2),
      setting('responseLogprobs', true),
      setting('logprobs', 3, { responseLogprobs: true }),
      { ...setting('responseMimeType', 'application/json'), name: 'responseMimeType: JSON' },
      {
        ...setting('responseMimeType', 'text/x.enum', { responseSchema: { type: 'STRING', enum: ['a'] } }),
        name: 'responseMimeType: enum',
      },
      setting('responseSchema', { type: 'OBJECT', properties: {} }, { responseMimeType: 'application/json' }),
      setting('responseJsonSchema', { type: 'object', properties: {} }, { responseMimeType: 'application/json' }),
      setting('responseModalities', ['TEXT', 'IMAGE']),
      setting('mediaResolution', 'MEDIA_RESOLUTION_LOW'),
      setting('speechConfig', { languageCode: 'de' }),
      thinking('thinkingBudget', { thinkingBudget: 8192 }),
      thinking('thinkingBudget: 0', { thinkingBudget: 0 }),
      thinking('thinkingBudget: -1', { thinkingBudget: -1 }),
      thinking('thinkingLevel', { thinkingLevel: 'HIGH' }),
      thinking('includeThoughts', { includeThoughts: true, thinkingLevel: 'HIGH' }),
      field('safetySettings', [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }]),
      field('cachedContent', 'cachedContents/1'),
      field('labels', { team: 'x' }),
      field('serviceTier', 'flex'),
      field('continuationToken', 'x'),
    ],
  },
  {
    title: 'Parts',
    rows: [
      said('text', { text: 'Hello' }),
      said('inlineData: image', { inlineData: { mimeType: 'image/png', data: PNG } }),
      said('inlineData: PDF', { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0xLjQK' } }),
      said('inlineData: text', { inlineData: { mimeType: 'text/plain', data: 'SGVsbG8=' } }),
      said('inlineData: audio', { inlineData: { mimeType: 'audio/wav', data: 'UklGRg==' } }),
      said('inlineData: video', { inlineData: { mimeType: 'video/mp4', data: 'AAAA' } }),
      said('inlineData.displayName', { inlineData: { mimeType: 'image/png', data: PNG, displayName: 'a.png' } }, '/inlineData/displayName'),
      said('fileData: web address', { fileData: { fileUri: 'https://example.com/a.png', mimeType: 'image/png' } }, '/fileData/fileUri'),
      said("fileData: Google's storage", { fileData: { fileUri: 'gs://bucket/a.png', mimeType: 'image/png' } }),
      said(
        'mediaResolution of a part',
        { inlineData: { mimeType: 'image/png', data: PNG }, mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' } },
        '/mediaResolution',
      ),
      said(
        'videoMetadata',
        { fileData: { fileUri: 'https://example.com/a.mp4', mimeType: 'video/mp4' }, videoMetadata: { fps: 1 } },
        '/videoMetadata',
      ),
      model('thought', { text: 'Hm.', thought: true }),
      model('thoughtSignature', { text: 'Yes.', thoughtSignature: 'CiQB' }, '/thoughtSignature'),
      model('executableCode', { executableCode: { language: 'PYTHON', code: 'print(1)' } }),
      model('codeExecutionResult', { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }),
      row(
        'functionCall',
        {
          contents: [
            ask,
            { role: 'model', parts: [call] },
            { role: 'user', parts: [{ functionResponse: { id: 'c1', name: 'look', response: { output: 'x' } } }] },
          ],
          tools,
        },
        '/contents/1/parts/0',
      ),
      answered('functionResponse: output', { output: 'x' }),
      answered('functionResponse: error', { error: 'x' }, {}, '/response'),
      answered('functionResponse: object', { a: 1, b: 2 }, {}, '/response'),
      answered('functionResponse.parts', { output: 'x' }, { parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }] }, '/parts'),
      answered('functionResponse.scheduling', { output: 'x' }, { scheduling: 'SILENT' }, '/scheduling'),
      row('last content of the model (prefill)', { contents: [ask, { role: 'model', parts: [{ text: 'I' }] }] }, '/contents/1'),
    ],
  },
  {
    title: 'Tools',
    rows: [
      row('functionDeclarations', { ...base, tools }, '/tools/0/functionDeclarations/0'),
      row(
        'parameters (OpenAPI)',
        {
          ...base,
          tools: [
            {
              functionDeclarations: [
                { name: 'look', parameters: { type: 'OBJECT', properties: { at: { type: 'STRING', nullable: true } } } },
              ],
            },
          ],
        },
        '/tools/0/functionDeclarations/0/parameters',
      ),
      offered('googleSearch', { googleSearch: {} }),
      offered('urlContext', { urlContext: {} }),
      offered('codeExecution', { codeExecution: {} }),
      offered('googleMaps', { googleMaps: {} }),
      offered('fileSearch', { fileSearch: { fileSearchStoreNames: ['s'] } }),
      offered('computerUse', { computerUse: { environment: 'ENVIRONMENT_BROWSER' } }),
      choice('AUTO', { mode: 'AUTO' }),
      choice('ANY', { mode: 'ANY' }),
      choice('ANY with one name', { mode: 'ANY', allowedFunctionNames: ['look'] }),
      choice('NONE', { mode: 'NONE' }),
      choice('VALIDATED', { mode: 'VALIDATED' }),
      row(
        'retrievalConfig',
        { ...base, tools: [{ googleSearch: {} }], toolConfig: { retrievalConfig: { languageCode: 'de' } } },
        '/toolConfig/retrievalConfig',
      ),
    ],
  },
]
