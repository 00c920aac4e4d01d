;; A WASI command: reads the event (JSON) on standard input and answers on standard output with
;;
;;   {"bytes":…,"strings":…,"depth":…}
;;
;; its size without the spaces between values, how many strings it has, names included, and how deep its
;; objects and lists are nested. The event may be of any size: it is read in pieces.
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param $fd i32) (param $iovs i32) (param $count i32) (param $read i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $iovs i32) (param $count i32) (param $written i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param $code i32)))

  ;; 0: the buffer passed to WASI (address, length); 8: how much WASI read or wrote;
  ;; 32: texts; 64: the answer; 1024: the piece being read.
  (memory (export "memory") 2)
  (data (i32.const 32) "{\"bytes\":")
  (data (i32.const 41) ",\"strings\":")
  (data (i32.const 52) ",\"depth\":")
  (data (i32.const 61) "}\0a")

  (global $bytes (mut i32) (i32.const 0))
  (global $strings (mut i32) (i32.const 0))
  (global $depth (mut i32) (i32.const 0))
  (global $deepest (mut i32) (i32.const 0))
  (global $in_string (mut i32) (i32.const 0))
  (global $escaped (mut i32) (i32.const 0))
  ;; Where the next byte of the answer goes.
  (global $end (mut i32) (i32.const 64))

  (func (export "_start")
    (local $length i32)
    (block $at_end
      (loop $pieces
        (local.set $length (call $read))
        (br_if $at_end (i32.eqz (local.get $length)))
        (call $measure (i32.const 1024) (i32.add (i32.const 1024) (local.get $length)))
        (br $pieces)))
    (call $put_text (i32.const 32) (i32.const 9))
    (call $put_number (global.get $bytes))
    (call $put_text (i32.const 41) (i32.const 11))
    (call $put_number (global.get $strings))
    (call $put_text (i32.const 52) (i32.const 9))
    (call $put_number (global.get $deepest))
    (call $put_text (i32.const 61) (i32.const 2))
    (call $write))

  ;; Reads the next piece of the event and returns its length: 0 at the end.
  (func $read (result i32)
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 65536))
    (call $check (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.load (i32.const 8)))

  ;; Writes the answer, in as many steps as the reader needs.
  (func $write
    (local $from i32)
    (local.set $from (i32.const 64))
    (loop $steps
      (i32.store (i32.const 0) (local.get $from))
      (i32.store (i32.const 4) (i32.sub (global.get $end) (local.get $from)))
      (call $check (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.load (i32.const 8))))
      (br_if $steps (i32.lt_u (local.get $from) (global.get $end)))))

  ;; Ends the program where WASI reports an error.
  (func $check (param $error i32)
    (if (local.get $error)
      (then (call $proc_exit (i32.const 1)))))

  (func $measure (param $at i32) (param $end i32)
    (loop $next
      (call $measure_byte (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  (func $measure_byte (param $byte i32)
    (if (global.get $in_string)
      (then
        (global.set $bytes (i32.add (global.get $bytes) (i32.const 1)))
        (call $measure_in_string (local.get $byte))
        (return)))
    ;; Space, tab, line feed and carriage return mean nothing between values.
    (if (i32.or
          (i32.or
            (i32.eq (local.get $byte) (i32.const 0x20))
            (i32.eq (local.get $byte) (i32.const 0x09)))
          (i32.or
            (i32.eq (local.get $byte) (i32.const 0x0a))
            (i32.eq (local.get $byte) (i32.const 0x0d))))
      (then (return)))
    (global.set $bytes (i32.add (global.get $bytes) (i32.const 1)))
    ;; "
    (if (i32.eq (local.get $byte) (i32.const 0x22))
      (then
        (global.set $strings (i32.add (global.get $strings) (i32.const 1)))
        (global.set $in_string (i32.const 1))
        (return)))
    ;; [ and { differ in one bit, as do ] and }
    (if (i32.eq (i32.or (local.get $byte) (i32.const 0x20)) (i32.const 0x7b))
      (then
        (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
        (if (i32.gt_u (global.get $depth) (global.get $deepest))
          (then (global.set $deepest (global.get $depth))))
        (return)))
    (if (i32.eq (i32.or (local.get $byte) (i32.const 0x20)) (i32.const 0x7d))
      (then (global.set $depth (i32.sub (global.get $depth) (i32.const 1))))))

  ;; A string ends at a quote that has no backslash before it.
  (func $measure_in_string (param $byte i32)
    (if (global.get $escaped)
      (then
        (global.set $escaped (i32.const 0))
        (return)))
    (if (i32.eq (local.get $byte) (i32.const 0x5c))
      (then (global.set $escaped (i32.const 1))))
    (if (i32.eq (local.get $byte) (i32.const 0x22))
      (then (global.set $in_string (i32.const 0)))))

  (func $put_text (param $from i32) (param $length i32)
    (memory.copy (global.get $end) (local.get $from) (local.get $length))
    (global.set $end (i32.add (global.get $end) (local.get $length))))

  ;; The digits of a number: those before the last first.
  (func $put_number (param $number i32)
    (if (i32.ge_u (local.get $number) (i32.const 10))
      (then (call $put_number (i32.div_u (local.get $number) (i32.const 10)))))
    (i32.store8 (global.get $end)
      (i32.add (i32.const 0x30) (i32.rem_u (local.get $number) (i32.const 10))))
    (global.set $end (i32.add (global.get $end) (i32.const 1)))))
