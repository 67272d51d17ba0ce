/**
 * Who used what, what it cost, and who may: functions over fetch, with Web APIs alone.
 *
 * @module
 */
export type { Budget, Scope } from './budgets/budget.ts'
export type { BudgetOptions } from './budgets/budgets.ts'
export { memoryBudgets } from './budgets/memory-store.ts'
export type { BudgetStore, Claim, Counter, Reserved, Tally } from './budgets/store.ts'
export { withBudget } from './budgets/with-budget.ts'
export { createLedger, type Ledger, type LedgerEvent, type LedgerOptions } from './ledger/ledger.ts'
export { memoryUsage, type MemoryUsageOptions } from './ledger/memory-store.ts'
export type { AttemptRecord, Bodies, ExchangeRecord, TokenUsage } from './ledger/record.ts'
export type { Dimension, Page, RecordFilter, Sum, SumQuery, UsageStore } from './ledger/store.ts'
export { withLedger } from './ledger/with-ledger.ts'
export { formatMoney, parseMoney, type Money } from './money.ts'
export { createMetrics, withMetrics, type Metrics, type MetricsOptions } from './metrics/metrics.ts'
export { createTelemetry, type Telemetry, type TelemetryOptions } from './metrics/telemetry.ts'
export { createPrices } from './prices/create-prices.ts'
export type {
  ByModel,
  Cost,
  EndpointPrices,
  ListPrice,
  ListRates,
  OwnPrice,
  PriceData,
  PriceKind,
  Prices,
  PricesOptions,
  Rates,
  Unpriced,
  Use,
} from './prices/prices.ts'
export { withPrices } from './prices/with-prices.ts'
export { generateKey, type ClientKey } from './tenants/keyring.ts'
export type { Tenant, TenantLimits } from './tenants/tenant.ts'
export type { TenantsOptions } from './tenants/tenants.ts'
export { withTenants } from './tenants/with-tenants.ts'
