/**
 * Which provider a base URL belongs to.
 *
 * @module
 */

/** A dialect by the host of the base URL, and by the port for servers on one's own machines. */
export interface HostRule {
  host?: RegExp
  port?: string
  name: string
}

/** How to tell a provider by its base URL. The first match counts. */
export const chatHosts: readonly HostRule[] = [
  { host: /(^|\.)api\.openai\.com$/, name: 'openai' },
  { host: /\.(openai\.azure\.com|cognitiveservices\.azure\.com|services\.ai\.azure\.com)$/, name: 'azure' },
  { host: /(^|\.)openrouter\.ai$/, name: 'openrouter' },
  { host: /(^|\.)deepseek\.com$/, name: 'deepseek' },
  { host: /(^|\.)groq\.com$/, name: 'groq' },
  { host: /(^|\.)mistral\.ai$/, name: 'mistral' },
  { host: /(^|\.)x\.ai$/, name: 'xai' },
  { host: /(^|\.)(dashscope|aliyuncs)[\w-]*\.(aliyuncs\.)?com$/, name: 'qwen' },
  { host: /(^|\.)(moonshot\.(ai|cn)|kimi\.com)$/, name: 'moonshot' },
  { host: /(^|\.)(z\.ai|bigmodel\.cn)$/, name: 'glm' },
  { host: /(^|\.)(minimax\.io|minimaxi\.com|minimax\.chat)$/, name: 'minimax' },
  { host: /(^|\.)cerebras\.ai$/, name: 'cerebras' },
  { host: /(^|\.)together\.(xyz|ai)$/, name: 'together' },
  { host: /(^|\.)fireworks\.ai$/, name: 'fireworks' },
  { host: /(^|\.)githubcopilot\.com$/, name: 'copilot' },
  { host: /^models\.github\.ai$/, name: 'github' },
  { host: /(^|\.)(generativelanguage|aiplatform)\.googleapis\.com$|-aiplatform\.googleapis\.com$/, name: 'gemini-openai' },
  { host: /(^|\.)perplexity\.ai$/, name: 'perplexity' },
  { host: /(^|\.)anthropic\.com$/, name: 'anthropic-openai' },
  { host: /(^|\.)ollama\.com$/, name: 'ollama' },
  { port: '11434', name: 'ollama' },
  { port: '1234', name: 'lmstudio' },
  { port: '8000', host: /^(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|host\.docker\.internal)$/, name: 'vllm' },
]
