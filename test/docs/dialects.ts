import { chatDialects } from '../../src/transformers/dialects-chat.ts'

/** A base URL that each dialect is told by, as its users would write it. */
export const ADDRESSES: Record<string, string> = {
  openai: 'https://api.openai.com/v1',
  azure: 'https://RESOURCE.openai.azure.com',
  openrouter: 'https://openrouter.ai/api/v1',
  deepseek: 'https://api.deepseek.com',
  groq: 'https://api.groq.com/openai/v1',
  mistral: 'https://api.mistral.ai/v1',
  xai: 'https://api.x.ai/v1',
  qwen: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
  moonshot: 'https://api.moonshot.ai/v1',
  glm: 'https://api.z.ai/api/paas/v4',
  minimax: 'https://api.minimax.io/v1',
  cerebras: 'https://api.cerebras.ai/v1',
  together: 'https://api.together.xyz/v1',
  fireworks: 'https://api.fireworks.ai/inference/v1',
  ollama: 'http://localhost:11434/v1',
  vllm: 'http://localhost:8000/v1',
  lmstudio: 'http://localhost:1234/v1',
  github: 'https://models.github.ai/inference',
  copilot: 'https://api.githubcopilot.com',
  'gemini-openai': 'https://generativelanguage.googleapis.com/v1beta/openai',
  perplexity: 'https://api.perplexity.ai',
  'anthropic-openai': 'https://api.anthropic.com/v1',
}

const code = (text: string) => `\`${text}\``

/** The table of the dialects page. */
export const dialectTable = (): string =>
  [
    '| dialect | base URL | does not take |',
    '| --- | --- | --- |',
    ...chatDialects.map(({ name, unsupported = [] }) => {
      const address = ADDRESSES[name]
      return `| ${code(name)} | ${address ? code(address) : name === 'compatible' ? 'any other' : 'by name'} | ${unsupported.map(code).join(', ')} |`
    }),
  ].join('\n')
