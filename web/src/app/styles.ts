/**
 * The styles of the library's components that are drawn from the start, in the library's order. A component that
 * only one page needs brings its own: `import '@mantine/core/styles/Table.layer.css'` beside the page.
 */

import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles/baseline.layer.css';
import '@mantine/core/styles/default-css-variables.layer.css';
import '@mantine/core/styles/global.layer.css';
import '@mantine/core/styles/UnstyledButton.layer.css';
import '@mantine/core/styles/Button.layer.css';
import '@mantine/core/styles/Loader.layer.css';
import '@mantine/core/styles/ActionIcon.layer.css';
import './global.css';
