/** What Gemini takes in place of a signature that another provider's call cannot have. @see https://ai.google.dev/gemini-api/docs/thought-signatures */
export const SENTINEL = 'skip_thought_signature_validator'
