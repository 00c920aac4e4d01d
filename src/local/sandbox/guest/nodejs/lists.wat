;; Between the glue and the engine: frees the bytes of a list once the engine has them.
;;
;; The engine (componentize-qjs 0.2.2) copies a list that the host gives into a typed array of its own and says
;; that it owns the original now, but never frees it: every byte that the host ever gave would stay in the
;; function's memory. The glue's import `wit_dylib_push_list` is named `wit_dylib_push_lisT`, which is here.
(module
  (@dylink.0 (mem-info (memory 0 0)))
  (import "env" "wit_dylib_push_list" (func $push (param i32 i32 i32 i32) (result i32)))
  (import "env" "wit_dylib_dealloc_bytes" (func $free (param i32 i32 i32 i32 i32)))
  (func (export "wit_dylib_push_lisT") (param $call i32) (param $type i32) (param $bytes i32) (param $length i32) (result i32)
    (local $taken i32)
    (local.set $taken
      (call $push (local.get $call) (local.get $type) (local.get $bytes) (local.get $length)))
    (if (i32.and (local.get $taken) (i32.ne (local.get $length) (i32.const 0)))
      ;; Size and alignment as of bytes; the allocator goes by the address alone.
      (then (call $free (local.get $call) (local.get $bytes) (local.get $length) (i32.const 1) (i32.const 0))))
    (local.get $taken)))
