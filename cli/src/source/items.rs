//! What the grammar made of models and newtypes, until every name in them is known.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use diesel_autogen_grammar::{ModelItem, TypeItem};

/// Models and newtypes by number.
#[derive(Default)]
pub(crate) struct Items {
    models: Vec<Item<ModelItem>>,
    newtypes: Vec<Item<TypeItem>>,
    /// Whether a model has a mistake, so that its table is not known.
    pub(crate) has_broken_model: bool,
}

/// An item and its file.
pub(crate) struct Item<T> {
    pub(crate) file: Arc<Path>,
    pub(crate) item: Rc<T>,
}

impl<T> Clone for Item<T> {
    fn clone(&self) -> Item<T> {
        Item { file: Arc::clone(&self.file), item: Rc::clone(&self.item) }
    }
}

impl Items {
    /// Keeps a model and gives it a number.
    pub(crate) fn keep_model(&mut self, file: &Arc<Path>, item: ModelItem) -> usize {
        self.models.push(Item { file: Arc::clone(file), item: Rc::new(item) });
        self.models.len() - 1
    }

    /// Keeps a newtype and gives it a number.
    pub(crate) fn keep_newtype(&mut self, file: &Arc<Path>, item: TypeItem) -> usize {
        self.newtypes.push(Item { file: Arc::clone(file), item: Rc::new(item) });
        self.newtypes.len() - 1
    }

    /// The model of this number.
    pub(crate) fn model(&self, number: usize) -> Item<ModelItem> {
        self.models[number].clone()
    }

    /// The newtype of this number.
    pub(crate) fn newtype(&self, number: usize) -> Item<TypeItem> {
        self.newtypes[number].clone()
    }
}
