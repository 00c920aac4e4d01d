let count = 0;

function counter(by: number): number {
  return (count += by);
}

namespace counter {
  export type Unit = "times" | "beats";
}

export = counter;
