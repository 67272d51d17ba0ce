export { createGateway, refuse, type GatewayOptions } from './front.ts'
