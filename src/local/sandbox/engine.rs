//! The one Wasmtime engine of the process and what drives its clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use wasmtime::{Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

/// How often a running guest looks up from its work. A guest in an endless loop is noticed within this time.
pub const TICK: Duration = Duration::from_millis(5);

/// Environments that may exist at the same time in one process.
const MAX_ENVIRONMENTS: u32 = 64;

/// The largest linear memory: all that a 32-bit guest can address. `MemorySize` bounds it further.
const MAX_MEMORY: usize = 1 << 32;

/// Wasm frames may use this much native stack; QuickJS recurses on it. 10,000 JavaScript frames fit.
const WASM_STACK: usize = 16 << 20;

/// The fibre a guest runs on: its Wasm frames and the host functions they call.
const FIBRE_STACK: usize = WASM_STACK + (1 << 20);

/// An engine for guests, with its epoch clock running as long as it lives.
pub struct GuestEngine {
    engine: Engine,
    stop: Arc<AtomicBool>,
}

impl GuestEngine {
    /// Makes the engine: pooled instances where the system has the address space for it, plain ones elsewhere.
    ///
    /// # Errors
    /// When Wasmtime does not support this machine.
    pub fn new() -> wasmtime::Result<Self> {
        let engine = Engine::new(&config(true)).or_else(|_| Engine::new(&config(false)))?;
        let stop = Arc::new(AtomicBool::new(false));
        let ticker = (engine.weak(), Arc::clone(&stop));
        std::thread::Builder::new()
            .name("epoch".into())
            .spawn(move || {
                let (engine, stop) = ticker;
                while !stop.load(Ordering::Relaxed) {
                    std::thread::sleep(TICK);
                    let Some(engine) = engine.upgrade() else {
                        return;
                    };
                    engine.increment_epoch();
                }
            })?;
        Ok(GuestEngine { engine, stop })
    }

    /// The engine itself.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

impl Drop for GuestEngine {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// The settings every guest is compiled and run with. They are part of the cache's key.
fn config(pooled: bool) -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .wasm_component_model_async(true)
        .epoch_interruption(true)
        .cranelift_opt_level(OptLevel::Speed)
        .memory_init_cow(true)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(FIBRE_STACK);
    if pooled {
        let mut pool = PoolingAllocationConfig::default();
        pool.max_memory_size(MAX_MEMORY)
            .total_memories(MAX_ENVIRONMENTS)
            .total_component_instances(MAX_ENVIRONMENTS)
            .total_core_instances(MAX_ENVIRONMENTS * 16)
            .total_tables(MAX_ENVIRONMENTS * 16)
            .total_stacks(MAX_ENVIRONMENTS * 2)
            .max_tables_per_component(64)
            .max_memories_per_component(4)
            .max_core_instances_per_component(64)
            .max_component_instance_size(8 << 20)
            .max_core_instance_size(8 << 20)
            .table_elements(200_000);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    config
}

/// Settings for code that runs once and is then forgotten: compiled quickly, ended by nothing.
pub fn once() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .wasm_component_model_async(true)
        .cranelift_opt_level(OptLevel::None)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(FIBRE_STACK);
    config
}
