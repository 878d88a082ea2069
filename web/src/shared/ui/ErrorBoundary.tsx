/** Keeps a failure to the part of the page where it happened. */

import { Component, type ReactNode } from 'react';

interface Props {
  children: ReactNode;
  failed: (error: unknown, retry: () => void) => ReactNode;
  onReset?: () => void;
}

export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  retry = () => {
    this.props.onReset?.();
    this.setState({ error: undefined });
  };

  override render() {
    const { error } = this.state;
    return error === undefined ? this.props.children : this.props.failed(error, this.retry);
  }
}
