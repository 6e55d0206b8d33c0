/** The address of bytes on this device, for as long as what shows them is there. */
export function urlOf(blob: () => Blob | null | undefined): { readonly value: string | null } {
  let value = $state<string | null>(null);
  $effect(() => {
    const bytes = blob();
    if (!bytes) {
      value = null;
      return;
    }
    const url = URL.createObjectURL(bytes);
    value = url;
    return () => URL.revokeObjectURL(url);
  });
  return {
    get value() {
      return value;
    },
  };
}
